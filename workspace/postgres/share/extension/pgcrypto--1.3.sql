-- Bodies of the form RETURN are bound when they are made, so they hold in any schema and under any search_path.

-- FIPS 180-4. PostgreSQL has no SHA-1 of its own, and one extension cannot call what another one brings.
CREATE FUNCTION pgcrypto_sha1(data bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    mask CONSTANT bigint := 4294967295;
    padding CONSTANT int := (119 - length(data) % 64) % 64;
    message CONSTANT bytea :=
        data || '\x80' || decode(repeat('00', padding), 'hex') || int8send(length(data) * 8::bigint);
    h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    w bigint[];
    a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; x bigint;
BEGIN
    FOR block IN 0 .. length(message) / 64 - 1 LOOP
        FOR t IN 0 .. 79 LOOP
            IF t < 16 THEN
                x := block * 64 + t * 4;
                w[t] := ('x' || encode(substring(message FROM x::int + 1 FOR 4), 'hex'))::bit(32)::bigint & mask;
            ELSE
                x := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
                w[t] := ((x << 1) | (x >> 31)) & mask;
            END IF;
        END LOOP;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        FOR t IN 0 .. 79 LOOP
            IF t < 20 THEN f := (b & c) | ((~b) & mask & d); k := 1518500249;
            ELSIF t < 40 THEN f := b # c # d; k := 1859775393;
            ELSIF t < 60 THEN f := (b & c) | (b & d) | (c & d); k := 2400959708;
            ELSE f := b # c # d; k := 3395469782;
            END IF;
            x := ((((a << 5) | (a >> 27)) & mask) + f + e + k + w[t]) & mask;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & mask; b := a; a := x;
        END LOOP;
        h := ARRAY[(h[1] + a) & mask, (h[2] + b) & mask, (h[3] + c) & mask, (h[4] + d) & mask, (h[5] + e) & mask];
    END LOOP;
    RETURN substring(int8send(h[1]) FROM 5) || substring(int8send(h[2]) FROM 5) || substring(int8send(h[3]) FROM 5)
        || substring(int8send(h[4]) FROM 5) || substring(int8send(h[5]) FROM 5);
END
$$;

CREATE FUNCTION pgcrypto_unknown(type text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE EXCEPTION 'Cannot use "%": No such hash algorithm', type USING ERRCODE = 'invalid_parameter_value';
END
$$;

CREATE FUNCTION digest(data bytea, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE lower(type)
    WHEN 'md5' THEN decode(md5(data), 'hex')
    WHEN 'sha1' THEN pgcrypto_sha1(data)
    WHEN 'sha224' THEN sha224(data)
    WHEN 'sha256' THEN sha256(data)
    WHEN 'sha384' THEN sha384(data)
    WHEN 'sha512' THEN sha512(data)
    ELSE pgcrypto_unknown(type)
END;

CREATE FUNCTION digest(data text, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN digest(convert_to(data, 'UTF8'), type);

CREATE FUNCTION pgcrypto_xor(key bytea, mask int) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
BEGIN
    FOR at IN 0 .. length(key) - 1 LOOP
        key := set_byte(key, at, get_byte(key, at) # mask);
    END LOOP;
    RETURN key;
END
$$;

-- RFC 2104. A key that is longer than a block of the hash is hashed first; a shorter one is filled up.
CREATE FUNCTION pgcrypto_key(key bytea, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN substring(
    CASE WHEN length(key) > CASE WHEN lower(type) IN ('sha384', 'sha512') THEN 128 ELSE 64 END
        THEN digest(key, type) ELSE key END
    || decode(repeat('00', 128), 'hex')
    FROM 1 FOR CASE WHEN lower(type) IN ('sha384', 'sha512') THEN 128 ELSE 64 END
);

CREATE FUNCTION hmac(data bytea, key bytea, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN digest(
    pgcrypto_xor(pgcrypto_key(key, type), 92)
    || digest(pgcrypto_xor(pgcrypto_key(key, type), 54) || data, type),
    type
);

CREATE FUNCTION hmac(data text, key text, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN hmac(convert_to(data, 'UTF8'), convert_to(key, 'UTF8'), type);

CREATE FUNCTION gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN pg_catalog.gen_random_uuid();

-- Two random UUIDs hold 244 random bits; hashed, they give 32 even bytes.
CREATE FUNCTION gen_random_bytes(count int) RETURNS bytea LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    found bytea := '';
BEGIN
    IF count < 1 OR count > 1024 THEN
        RAISE EXCEPTION 'Length not in range' USING ERRCODE = 'external_routine_invocation_exception';
    END IF;
    WHILE length(found) < count LOOP
        found := found || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    END LOOP;
    RETURN substring(found FROM 1 FOR count);
END
$$;

-- What SQL cannot do says so when it is called, rather than not to be there: schemas that only name it are sound.
DO $do$
DECLARE
    signature text;
BEGIN
    FOREACH signature IN ARRAY ARRAY[
        'crypt(text, text) RETURNS text IMMUTABLE',
        'gen_salt(text) RETURNS text VOLATILE',
        'gen_salt(text, int) RETURNS text VOLATILE',
        'encrypt(bytea, bytea, text) RETURNS bytea IMMUTABLE',
        'decrypt(bytea, bytea, text) RETURNS bytea IMMUTABLE',
        'encrypt_iv(bytea, bytea, bytea, text) RETURNS bytea IMMUTABLE',
        'decrypt_iv(bytea, bytea, bytea, text) RETURNS bytea IMMUTABLE',
        'pgp_sym_encrypt(text, text) RETURNS bytea VOLATILE',
        'pgp_sym_encrypt(text, text, text) RETURNS bytea VOLATILE',
        'pgp_sym_encrypt_bytea(bytea, text) RETURNS bytea VOLATILE',
        'pgp_sym_encrypt_bytea(bytea, text, text) RETURNS bytea VOLATILE',
        'pgp_sym_decrypt(bytea, text) RETURNS text IMMUTABLE',
        'pgp_sym_decrypt(bytea, text, text) RETURNS text IMMUTABLE',
        'pgp_sym_decrypt_bytea(bytea, text) RETURNS bytea IMMUTABLE',
        'pgp_sym_decrypt_bytea(bytea, text, text) RETURNS bytea IMMUTABLE',
        'pgp_pub_encrypt(text, bytea) RETURNS bytea VOLATILE',
        'pgp_pub_encrypt(text, bytea, text) RETURNS bytea VOLATILE',
        'pgp_pub_encrypt_bytea(bytea, bytea) RETURNS bytea VOLATILE',
        'pgp_pub_encrypt_bytea(bytea, bytea, text) RETURNS bytea VOLATILE',
        'pgp_pub_decrypt(bytea, bytea) RETURNS text IMMUTABLE',
        'pgp_pub_decrypt(bytea, bytea, text) RETURNS text IMMUTABLE',
        'pgp_pub_decrypt(bytea, bytea, text, text) RETURNS text IMMUTABLE',
        'pgp_pub_decrypt_bytea(bytea, bytea) RETURNS bytea IMMUTABLE',
        'pgp_pub_decrypt_bytea(bytea, bytea, text) RETURNS bytea IMMUTABLE',
        'pgp_pub_decrypt_bytea(bytea, bytea, text, text) RETURNS bytea IMMUTABLE',
        'pgp_key_id(bytea) RETURNS text IMMUTABLE',
        'armor(bytea) RETURNS text IMMUTABLE',
        'armor(bytea, text[], text[]) RETURNS text IMMUTABLE',
        'dearmor(text) RETURNS bytea IMMUTABLE',
        'pgp_armor_headers(text, OUT key text, OUT value text) RETURNS SETOF record IMMUTABLE'
    ] LOOP
        EXECUTE format(
            'CREATE FUNCTION %s STRICT PARALLEL SAFE LANGUAGE plpgsql AS %L',
            signature,
            format(
                'BEGIN RAISE EXCEPTION USING ERRCODE = ''feature_not_supported'', MESSAGE = %L; END',
                format('%s() of extension "pgcrypto" is not available', split_part(signature, '(', 1))
            )
        );
    END LOOP;
END
$do$;
