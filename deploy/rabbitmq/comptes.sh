#!/bin/sh
# Four accounts on the broker, one for each service, none able to write in the name of another, nor to read its letters: run once the broker
# is up, where rabbitmqctl reaches it. Run again, it changes the passwords. Then FPS_BUS_URL=amqp://fps-antai:…@…/ and the like.
# FPS_BUS_PREFIX: the name of the installation, first word of its queues and of its accounts.
set -eu

prefix="${FPS_BUS_PREFIX:-fps}"
vhost="${FPS_BUS_VHOST:-/}"
users="" permissions="" topics=""
for service in antai dgfip ccsp collectivite; do
    # `sends`: the addresses to which this service writes (docs/flux.md); each begins with the service that reads it.
    case "$service" in
        antai) password="${FPS_ANTAI_BUS_PASSWORD:-simulateur}" sends="^dgfip[.]05[.]|^dgfip[.]12[.]|^dgfip[.]15[.]" ;;
        dgfip) password="${FPS_DGFIP_BUS_PASSWORD:-simulateur}" sends="^antai[.]05[.]" ;;
        ccsp) password="${FPS_CCSP_BUS_PASSWORD:-simulateur}" sends="^antai[.]14[.]" ;;
        collectivite) password="${FPS_COLLECTIVITE_BUS_PASSWORD:-simulateur}" sends="^$" ;;
    esac
    name="$prefix-$service"
    own="^$prefix([.](retard[.])?$service[.].*)?\$"
    users="$users,{\"name\":\"$name\",\"password\":\"$password\",\"tags\":\"\"}"
    permissions="$permissions,{\"user\":\"$name\",\"vhost\":\"$vhost\",\"configure\":\"$own\",\"write\":\"$own\",\"read\":\"$own\"}"
    topics="$topics,{\"user\":\"$name\",\"vhost\":\"$vhost\",\"exchange\":\"$prefix\",\"write\":\"$sends\",\"read\":\".*\"}"
done
file=$(mktemp)
trap 'rm -f "$file"' EXIT
printf '{"users":[%s],"permissions":[%s],"topic_permissions":[%s]}' "${users#,}" "${permissions#,}" "${topics#,}" >"$file"
chmod 644 "$file" # rabbitmqctl reads it as the user of the broker
for _ in $(seq 60); do # the broker may be starting beside this
    rabbitmqctl --quiet await_startup 2>/dev/null && break
    sleep 1
done
rabbitmqctl --quiet import_definitions "$file"
