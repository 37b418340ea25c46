# Makes the cluster and runs the scripts at the first start, then starts PostgreSQL: as the official image does.
set -eu
data=/var/lib/postgresql/data
user=${POSTGRES_USER:-postgres}
if [ ! -s "$data/PG_VERSION" ]; then
  printf '%s' "$POSTGRES_PASSWORD" >/tmp/password
  initdb -D "$data" -U "$user" --pwfile=/tmp/password -A scram-sha-256 -E UTF8 >/dev/null
  rm /tmp/password
  echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
  # Not on TCP yet: who waits for the port waits for the scripts, too.
  PGPASSWORD=$POSTGRES_PASSWORD pg_ctl -D "$data" -w -o "-c listen_addresses=''" start
  PGPASSWORD=$POSTGRES_PASSWORD createdb -U "$user" "${POSTGRES_DB:-$user}"
  for script in /docker-entrypoint-initdb.d/*.sql; do
    [ -e "$script" ] || continue
    PGPASSWORD=$POSTGRES_PASSWORD psql -q -v ON_ERROR_STOP=1 -U "$user" -d "${POSTGRES_DB:-$user}" -f "$script"
  done
  pg_ctl -D "$data" -w stop
fi
exec postgres -D "$data" -c listen_addresses='*'
