-- A type of its own as in the extension: stored and shown as text, compared by lower().
-- Bodies of the form RETURN are bound when they are made, so they hold in any schema and under any search_path.

CREATE TYPE citext;

CREATE FUNCTION citextin(cstring) RETURNS citext AS 'textin' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION citextout(citext) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION citextrecv(internal) RETURNS citext AS 'textrecv' LANGUAGE internal STABLE STRICT PARALLEL SAFE;
CREATE FUNCTION citextsend(citext) RETURNS bytea AS 'textsend' LANGUAGE internal STABLE STRICT PARALLEL SAFE;

CREATE TYPE citext (
    INPUT = citextin, OUTPUT = citextout, RECEIVE = citextrecv, SEND = citextsend,
    INTERNALLENGTH = VARIABLE, STORAGE = extended, CATEGORY = 'S', PREFERRED = false, COLLATABLE = true
);

CREATE FUNCTION citext(bpchar) RETURNS citext AS 'rtrim1' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION citext(boolean) RETURNS citext AS 'booltext' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION citext(inet) RETURNS citext AS 'network_show' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

CREATE CAST (citext AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (citext AS varchar) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (citext AS bpchar) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (text AS citext) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (varchar AS citext) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (bpchar AS citext) WITH FUNCTION citext(bpchar) AS ASSIGNMENT;
CREATE CAST (boolean AS citext) WITH FUNCTION citext(boolean) AS ASSIGNMENT;
CREATE CAST (inet AS citext) WITH FUNCTION citext(inet) AS ASSIGNMENT;

CREATE FUNCTION citext_eq(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) = lower($2::text);

CREATE FUNCTION citext_ne(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) <> lower($2::text);

CREATE FUNCTION citext_lt(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) < lower($2::text);

CREATE FUNCTION citext_le(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) <= lower($2::text);

CREATE FUNCTION citext_ge(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) >= lower($2::text);

CREATE FUNCTION citext_gt(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) > lower($2::text);

CREATE FUNCTION citext_pattern_lt(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) ~<~ lower($2::text);

CREATE FUNCTION citext_pattern_le(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) ~<=~ lower($2::text);

CREATE FUNCTION citext_pattern_ge(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) ~>=~ lower($2::text);

CREATE FUNCTION citext_pattern_gt(citext, citext) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower($1::text) ~>~ lower($2::text);

CREATE FUNCTION citext_cmp(citext, citext) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN bttextcmp(lower($1::text), lower($2::text));

CREATE FUNCTION citext_pattern_cmp(citext, citext) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN bttext_pattern_cmp(lower($1::text), lower($2::text));

CREATE FUNCTION citext_hash(citext) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN hashtext(lower($1::text));

CREATE FUNCTION citext_hash_extended(citext, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN hashtextextended(lower($1::text), $2);

CREATE FUNCTION citext_smaller(citext, citext) RETURNS citext LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN lower($1::text) < lower($2::text) THEN $1 ELSE $2 END;

CREATE FUNCTION citext_larger(citext, citext) RETURNS citext LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN lower($1::text) > lower($2::text) THEN $1 ELSE $2 END;

CREATE OPERATOR = (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_eq, COMMUTATOR = =, NEGATOR = <>,
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR <> (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_ne, COMMUTATOR = <>, NEGATOR = =,
    RESTRICT = neqsel, JOIN = neqjoinsel
);

CREATE OPERATOR < (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_lt, COMMUTATOR = >, NEGATOR = >=,
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

CREATE OPERATOR <= (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_le, COMMUTATOR = >=, NEGATOR = >,
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

CREATE OPERATOR >= (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_ge, COMMUTATOR = <=, NEGATOR = <,
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);

CREATE OPERATOR > (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_gt, COMMUTATOR = <, NEGATOR = <=,
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR ~<~ (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_pattern_lt, COMMUTATOR = ~>~, NEGATOR = ~>=~,
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

CREATE OPERATOR ~<=~ (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_pattern_le, COMMUTATOR = ~>=~, NEGATOR = ~>~,
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

CREATE OPERATOR ~>=~ (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_pattern_ge, COMMUTATOR = ~<=~, NEGATOR = ~<~,
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);

CREATE OPERATOR ~>~ (
    LEFTARG = citext, RIGHTARG = citext, FUNCTION = citext_pattern_gt, COMMUTATOR = ~<~, NEGATOR = ~<=~,
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR CLASS citext_ops DEFAULT FOR TYPE citext USING btree AS
    OPERATOR 1 < (citext, citext), OPERATOR 2 <= (citext, citext), OPERATOR 3 = (citext, citext),
    OPERATOR 4 >= (citext, citext), OPERATOR 5 > (citext, citext),
    FUNCTION 1 citext_cmp(citext, citext);

CREATE OPERATOR CLASS citext_pattern_ops FOR TYPE citext USING btree AS
    OPERATOR 1 ~<~ (citext, citext), OPERATOR 2 ~<=~ (citext, citext), OPERATOR 3 = (citext, citext),
    OPERATOR 4 ~>=~ (citext, citext), OPERATOR 5 ~>~ (citext, citext),
    FUNCTION 1 citext_pattern_cmp(citext, citext);

CREATE OPERATOR CLASS citext_ops DEFAULT FOR TYPE citext USING hash AS
    OPERATOR 1 = (citext, citext),
    FUNCTION 1 citext_hash(citext), FUNCTION 2 citext_hash_extended(citext, bigint);

CREATE AGGREGATE min(citext) (SFUNC = citext_smaller, STYPE = citext, SORTOP = <, PARALLEL = SAFE);
CREATE AGGREGATE max(citext) (SFUNC = citext_larger, STYPE = citext, SORTOP = >, PARALLEL = SAFE);

-- Patterns are matched without regard to case as well, against citext and against text.
DO $do$
DECLARE
    kind record;
    other text;
BEGIN
    FOR kind IN SELECT * FROM (VALUES
        ('texticregexeq', 'regexeq', ARRAY['~', '~*'], ARRAY['!~', '!~*'], 'icregexeq'),
        ('texticregexne', 'regexne', ARRAY['!~', '!~*'], ARRAY['~', '~*'], 'icregexne'),
        ('texticlike', 'like', ARRAY['~~', '~~*'], ARRAY['!~~', '!~~*'], 'iclike'),
        ('texticnlike', 'nlike', ARRAY['!~~', '!~~*'], ARRAY['~~', '~~*'], 'icnlike')
    ) AS kinds (internal, name, operators, negators, selectivity) LOOP
        FOREACH other IN ARRAY ARRAY['citext', 'text'] LOOP
            EXECUTE format(
                'CREATE FUNCTION citext_%s(citext, %s) RETURNS bool AS %L LANGUAGE internal'
                ' IMMUTABLE STRICT PARALLEL SAFE',
                kind.name, other, kind.internal
            );
            FOR at IN 1 .. 2 LOOP
                EXECUTE format(
                    'CREATE OPERATOR %s (LEFTARG = citext, RIGHTARG = %s, FUNCTION = citext_%s, NEGATOR = %s,'
                    ' RESTRICT = %ssel, JOIN = %sjoinsel)',
                    kind.operators[at], other, kind.name, kind.negators[at], kind.selectivity, kind.selectivity
                );
            END LOOP;
        END LOOP;
    END LOOP;
END
$do$;

CREATE FUNCTION strpos(citext, citext) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN strpos(lower($1::text), lower($2::text));

CREATE FUNCTION split_part(citext, citext, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (regexp_split_to_array($1::text, regexp_replace($2::text, '([^a-zA-Z_0-9])', E'\\\\\\1', 'g'), 'i'))[$3];

CREATE FUNCTION replace(citext, citext, citext) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace($1::text, regexp_replace($2::text, '([^a-zA-Z_0-9])', E'\\\\\\1', 'g'), $3::text, 'gi');

CREATE FUNCTION translate(citext, citext, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(translate($1::text, lower($2::text), $3), upper($2::text), $3);

CREATE FUNCTION regexp_match(citext, citext) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_match($1::text, $2::text, 'i');

CREATE FUNCTION regexp_match(citext, citext, text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_match($1::text, $2::text, CASE WHEN strpos($3, 'c') = 0 THEN $3 || 'i' ELSE $3 END);

CREATE FUNCTION regexp_matches(citext, citext) RETURNS SETOF text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_matches($1::text, $2::text, 'i');

CREATE FUNCTION regexp_matches(citext, citext, text) RETURNS SETOF text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_matches($1::text, $2::text, CASE WHEN strpos($3, 'c') = 0 THEN $3 || 'i' ELSE $3 END);

CREATE FUNCTION regexp_replace(citext, citext, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace($1::text, $2::text, $3, 'i');

CREATE FUNCTION regexp_replace(citext, citext, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace($1::text, $2::text, $3, CASE WHEN strpos($4, 'c') = 0 THEN $4 || 'i' ELSE $4 END);

CREATE FUNCTION regexp_split_to_array(citext, citext) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_split_to_array($1::text, $2::text, 'i');

CREATE FUNCTION regexp_split_to_table(citext, citext) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_split_to_table($1::text, $2::text, 'i');
