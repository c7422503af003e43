#!/bin/sh
# A database and a role for each service, with the password of its environment variable. Runs at every start and
# changes only what differs; a run that is cut short is completed by the next.
# Needs PGHOST, PGPORT, PGUSER (a superuser), PGPASSWORD. EVENTS_DATABASE: also a database for the record.
set -eu

run_psql() {
    psql --no-psqlrc --quiet --tuples-only --dbname=postgres --set=ON_ERROR_STOP=1 "$@"
}

if [ -n "${EVENTS_DATABASE:-}" ]; then
    run_psql --set=events="$EVENTS_DATABASE" <<'SQL'
SELECT format('CREATE DATABASE %I', :'events')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'events') \gexec
REVOKE ALL ON DATABASE :"events" FROM PUBLIC;
SQL
fi

for service in registration evaluation recognition notification audit; do
    variable="$(echo "$service" | tr '[:lower:]' '[:upper:]')_DB_PASSWORD"
    # \getenv keeps passwords out of the command line, where every process of the machine could read them.
    run_psql --set=service="$service" --set=variable="$variable" <<'SQL'
\getenv password :variable
SELECT format('CREATE ROLE %I LOGIN', :'service')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
ALTER ROLE :"service" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'service')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
    if [ -n "${EVENTS_DATABASE:-}" ]; then
        run_psql --set=service="$service" --set=events="$EVENTS_DATABASE" <<'SQL'
GRANT CONNECT ON DATABASE :"events" TO :"service";
SQL
    fi
done
