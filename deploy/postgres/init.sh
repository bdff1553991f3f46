#!/bin/sh
# Four databases and four roles, none able to read another's: run once on an empty server, by its superuser.
# FPS_DB_PREFIX puts a word before every name, so that several installations share one server.
set -eu

for service in antai dgfip ccsp collectivite; do
    name="${FPS_DB_PREFIX:-}$service"
    case "$service" in
        antai) password="${FPS_ANTAI_PASSWORD:-simulateur}" ;;
        dgfip) password="${FPS_DGFIP_PASSWORD:-simulateur}" ;;
        ccsp) password="${FPS_CCSP_PASSWORD:-simulateur}" ;;
        collectivite) password="${FPS_COLLECTIVITE_PASSWORD:-simulateur}" ;;
    esac
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name="$name" --set password="$password" \
        --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
