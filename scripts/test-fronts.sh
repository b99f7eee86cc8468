#!/usr/bin/env bash
# Whether validate accuses nobody when somebody else stands before a sound server: nginx (plain, hardened, with a limit on requests
# and on connections, both with their default status), haproxy, Apache with OWASP's core rules in blocking mode, caddy. Each ends
# TLS and serves the mock under /identities. What is missing comes from Debian's packages.
#
#   scripts/test-fronts.sh [FRONT...]      PROOFLOAD=path/to/proofload takes a program that is built already
#
# Ends 0 when every front was clean: nothing failed, warned or could not be tested, but for what the front itself refused.
set -euo pipefail
cd "$(dirname "$0")/.."

fronts=(nginx nginx-hardened nginx-limit-req nginx-limit-conn haproxy apache-crs caddy)
[ "$#" -eq 0 ] || fronts=("$@")
# The longest that one front may take, in seconds.
bound=${BOUND:-180}
PATH="$PATH:/usr/sbin:/usr/local/sbin"

die() {
    printf 'error: %s\n' "$*" >&2
    exit 3
}

needs() {
    case $1 in
    nginx*) echo nginx-light nginx ;;
    haproxy) echo haproxy haproxy ;;
    apache-crs) echo "apache2 libapache2-mod-security2 modsecurity-crs" apache2 ;;
    caddy) echo caddy caddy ;;
    *) die "there is no front $1; there are: ${fronts[*]}" ;;
    esac
}

missing=()
for front in "${fronts[@]}"; do
    words=$(needs "$front")
    read -r -a packages <<<"${words% *}"
    command -v "${words##* }" >/dev/null || missing+=("${packages[@]}")
    [ "$front" != apache-crs ] || [ -d /usr/share/modsecurity-crs/rules ] || missing+=("${packages[@]}")
done
for program in jq openssl; do
    command -v "$program" >/dev/null || missing+=("$program")
done
if [ "${#missing[@]}" -gt 0 ]; then
    command -v apt-get >/dev/null || die "this needs ${missing[*]}, and there is no apt-get here to install it"
    as_root=(env)
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    # Servers must not start by themselves: each is started here, on a port of its own.
    "${as_root[@]}" apt-get update -q >&2 || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -q -y --no-install-recommends \
        "${missing[@]}" >&2 || die "apt-get could not install ${missing[*]}"
fi

proofload=${PROOFLOAD:-target/debug/proofload}
[ -n "${PROOFLOAD:-}" ] || cargo build --quiet --package proofload --bin proofload
work=$(mktemp -d)
# Servers that change their user must be able to read what is theirs.
chmod 755 "$work"
pids=()
cleanup() {
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT

port=$((20000 + RANDOM % 20000))
free_port() {
    port=$((port + 1))
    while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        port=$((port + 1))
    done
}
await() {
    for _ in $(seq 100); do
        (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.1
    done
    return 1
}

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -addext basicConstraints=critical,CA:FALSE -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
cat "$work/cert.pem" "$work/key.pem" >"$work/both.pem"
chmod 644 "$work"/*.pem

"$proofload" mock --http 127.0.0.1:0 --https none >"$work/mock" &
pids+=("$!")
until [ -s "$work/mock" ]; do
    kill -0 "${pids[0]}" 2>/dev/null || die "the mock did not start"
    sleep 0.05
done
mock=$(sed -n 's/.*http=\([0-9.:]*\).*/\1/p' "$work/mock")

# What an administrator writes for each, as the manuals have it.
nginx_conf() { # WHAT IN HTTP, WHAT IN SERVER, WHAT IN LOCATION
    cat <<NGINX
daemon off;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.log warn;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $work/nginx-body; proxy_temp_path $work/nginx-proxy; fastcgi_temp_path $work/nginx-f;
    uwsgi_temp_path $work/nginx-u; scgi_temp_path $work/nginx-s;
    client_max_body_size 10m;
    $1
    upstream mock { server $mock; keepalive 32; }
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $work/cert.pem;
        ssl_certificate_key $work/key.pem;
        $2
        location /identities/ {
            $3
            proxy_pass http://mock/;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$host;
        }
    }
}
NGINX
}
start() {
    case $1 in
    nginx) nginx_conf "" "" "" ;;
    nginx-hardened)
        nginx_conf "server_tokens off; large_client_header_buffers 4 8k; client_header_timeout 5s; keepalive_timeout 5s;" \
            "if (\$request_method !~ ^(GET|POST|PUT|DELETE|HEAD)\$) { return 405; }
             location ~ /\\. { deny all; }
             add_header X-Content-Type-Options nosniff always; add_header Strict-Transport-Security max-age=31536000 always;" \
            "if (\$http_user_agent ~* (sqlmap|nikto)) { return 403; }"
        ;;
    nginx-limit-req)
        nginx_conf "limit_req_zone \$binary_remote_addr zone=calls:1m rate=100r/s;" "limit_req zone=calls burst=30 nodelay;" "" ;;
    nginx-limit-conn)
        nginx_conf "limit_conn_zone \$binary_remote_addr zone=callers:1m;" "limit_conn callers 3;" "" ;;
    esac >"$work/nginx.conf"
    case $1 in
    nginx*) nginx -p "$work" -e "$work/nginx.log" -c "$work/nginx.conf" -g "user $(id -un) $(id -gn);" 2>/dev/null & ;;
    haproxy)
        cat >"$work/haproxy.cfg" <<HAPROXY
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend api
    bind 127.0.0.1:$port ssl crt $work/both.pem
    http-request deny deny_status 405 unless METH_GET or { method POST PUT DELETE HEAD }
    http-request deny if { path -i -m sub /../ }
    http-request deny deny_status 404 unless { path_beg /identities/ }
    http-request set-path %[path,regsub(^/identities,)] if { path_beg /identities/ }
    default_backend mock
backend mock
    server mock $mock
HAPROXY
        haproxy -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
        ;;
    apache-crs)
        cat >"$work/apache.conf" <<APACHE
ServerRoot $work
ServerName localhost
Listen 127.0.0.1:$port
PidFile $work/apache.pid
ErrorLog $work/apache.log
Mutex file:$work
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
LoadModule unique_id_module /usr/lib/apache2/modules/mod_unique_id.so
LoadModule security2_module /usr/lib/apache2/modules/mod_security2.so
$([ "$(id -u)" -ne 0 ] || printf 'User www-data\nGroup www-data')
SecDataDir $work/modsec
SecTmpDir $work/modsec
Include /etc/modsecurity/modsecurity.conf-recommended
SecAuditEngine Off
SecRuleEngine On
# The rules' own example of an API's methods; all else is as Debian ships it.
SecAction "id:900200,phase:1,nolog,pass,t:none,setvar:'tx.allowed_methods=GET HEAD POST PUT DELETE'"
Include /usr/share/modsecurity-crs/owasp-crs.load
<VirtualHost 127.0.0.1:$port>
    SSLEngine on
    SSLCertificateFile $work/cert.pem
    SSLCertificateKeyFile $work/key.pem
    AllowEncodedSlashes NoDecode
    ProxyPass /identities/ http://$mock/
    ProxyPassReverse /identities/ http://$mock/
</VirtualHost>
APACHE
        mkdir -p "$work/modsec" && chmod 777 "$work/modsec"
        apache2 -DFOREGROUND -f "$work/apache.conf" 2>"$work/apache.err" &
        ;;
    caddy)
        cat >"$work/Caddyfile" <<CADDY
{
    admin off
    auto_https off
}
https://localhost:$port, https://127.0.0.1:$port {
    bind 127.0.0.1
    tls $work/cert.pem $work/key.pem
    handle_path /identities/* {
        reverse_proxy $mock
    }
    respond 404
}
CADDY
        HOME=$work caddy run --adapter caddyfile --config "$work/Caddyfile" >"$work/caddy.log" 2>&1 &
        ;;
    esac
    front_pid=$!
    pids+=("$front_pid")
    await "$port" || { cat "$work"/*.log "$work"/*.err >&2 2>/dev/null; die "$1 did not start"; }
}

configuration() {
    printf '[targets.lab]\nurl = "https://127.0.0.1:%s/identities"\ntls = { ca = "%s/cert.pem" }\n' "$port" "$work"
    printf 'allow = ["writes", "load"]\n'
    while IFS=: read -r name permissions; do
        printf '[[targets.lab.accounts]]\nname = "%s"\npassword = { env = "%s" }\npermissions = %s\n' \
            "$name" "${name^^}" "$permissions"
    done <<'ACCOUNTS'
admin:"all"
publisher:["Face Publishing"]
recognizer:["Face Recognize"]
reader:["Read All Identity", "Read Tags"]
nobody:[]
ACCOUNTS
}

for name in admin publisher recognizer reader nobody; do
    export "${name^^}=$name-pass"
done
unclean=0
for front in "${fronts[@]}"; do
    free_port
    start "$front"
    configuration >"$work/$front.toml"
    began=$SECONDS
    code=0
    timeout "$bound" "$proofload" validate --config "$work/$front.toml" --target lab --format json \
        >"$work/$front.json" 2>"$work/$front.err" || code=$?
    kill "$front_pid" 2>/dev/null || true
    wait "$front_pid" 2>/dev/null || true
    [ -z "${KEEP:-}" ] || cp "$work/$front.json" "$work/$front.err" "$KEEP"
    said=$(jq -r '.summary | "\(.fail) fail, \(.warn) warn, \(.error) error, \(.pass) pass, \(.skip) skip"' \
        "$work/$front.json" 2>/dev/null || tail -n 1 "$work/$front.err")
    # Cases that the front kept from the server are no accusation, and a run that it leaves incomplete (exit 3) says so; whatever
    # else did not pass is one.
    accused=$(jq '[.cases[] | select(.verdict == "fail" or .verdict == "warn" or (.verdict == "error" and .cause != "front"))] | length' \
        "$work/$front.json" 2>/dev/null || echo 1)
    verdict=clean
    if { [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; } || [ "${accused:-1}" -ne 0 ]; then
        verdict=ACCUSED unclean=1
    fi
    printf '%-18s %-8s exit %s, %s s: %s\n' "$front" "$verdict" "$code" "$((SECONDS - began))" "$said"
    [ "$verdict" = clean ] || jq -r '.causes[:6][] | "    \(.fail) fail, \(.error) error, \(.warn) warn: \(.sentence)"' \
        "$work/$front.json" 2>/dev/null || true
done
exit "$unclean"
