#!/usr/bin/env bash
# A database for each service, which nobody else may connect to. Runs once, as the superuser, while
# the server lets nobody else in.
set -euo pipefail

for service in connector availability booking notifier; do
  psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set service="$service" --set password="$(cat "/run/secrets/$service-password")" << 'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
SQL
done
