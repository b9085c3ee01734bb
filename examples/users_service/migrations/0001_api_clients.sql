CREATE TABLE api_clients (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
    secret_hash text NOT NULL,
    role text NOT NULL DEFAULT 'reader' CHECK (role IN ('reader', 'editor', 'admin')),
    created_at timestamptz NOT NULL DEFAULT now()
);
