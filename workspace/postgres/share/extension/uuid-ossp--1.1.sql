-- Bodies of the form RETURN are bound when they are made, so they hold in any schema and under any search_path.

-- FIPS 180-4. PostgreSQL has no SHA-1 of its own, and one extension cannot call what another one brings.
CREATE FUNCTION uuid_ossp_sha1(data bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
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

CREATE FUNCTION uuid_ossp_stamp(raw bytea, version int) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN encode(
    set_byte(
        set_byte(substring(raw FROM 1 FOR 16), 6, (get_byte(raw, 6) & 15) | (version << 4)),
        8, (get_byte(raw, 8) & 63) | 128
    ),
    'hex'
)::uuid;

CREATE FUNCTION uuid_nil() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '00000000-0000-0000-0000-000000000000'::uuid;

CREATE FUNCTION uuid_ns_dns() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_url() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_oid() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_x500() RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN uuid_ossp_stamp(decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex'), 3);

CREATE FUNCTION uuid_generate_v4() RETURNS uuid LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
RETURN gen_random_uuid();

CREATE FUNCTION uuid_generate_v5(namespace uuid, name text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN uuid_ossp_stamp(uuid_ossp_sha1(uuid_send(namespace) || convert_to(name, 'UTF8')), 5);

-- RFC 9562, 5.1: the time in steps of 100 ns since 1582-10-15, and a random node, which the multicast bit tells from
-- the address of a network card.
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
    steps CONSTANT text := lpad(
        to_hex(floor(extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 122192928000000000), 15, '0'
    );
    random CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
    RETURN encode(
        decode(substr(steps, 8) || substr(steps, 4, 4) || '1' || substr(steps, 1, 3), 'hex')
        || substring(set_byte(random, 10, get_byte(random, 10) | 1) FROM 9),
        'hex'
    )::uuid;
END
$$;

CREATE FUNCTION uuid_generate_v1() RETURNS uuid LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
RETURN uuid_generate_v1mc();
