#!/usr/bin/env bash
# From a release's archive to a first answer about one's own deployment, as somebody without Rust does it; two minutes at most.
#
#   scripts/first-minute.sh dist/proofload-x86_64-unknown-linux-gnu.tar.gz
#
# The deployment is a mock of the archive's own program; with nginx at hand it stands behind that, under /identities.
# OPTIONS are more options of `proofload validate`, such as --only 'publish*'.
set -euo pipefail

archive=$(readlink -f "${1:?the archive}")
read -ra options <<<"${OPTIONS:-}"
folder=$(mktemp -d)
pids=()
end() {
    if [ ${#pids[@]} -gt 0 ]; then kill "${pids[@]}" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap end EXIT
cd "$folder"
began=$SECONDS
PATH=/usr/sbin:$PATH

tar -xzf "$archive" --strip-components 1
./proofload --version
./proofload validate ${options[@]+"${options[@]}"} >/dev/null
echo "the embedded mock answers as documented: $((SECONDS - began)) s"

./proofload mock --http 127.0.0.1:0 --https 127.0.0.1:0 >listening &
pids+=($!)
until grep -q listening listening; do
    kill -0 "${pids[0]}" || exit 3
    sleep 0.1
done
http=$(sed -n 's/.*http=\([0-9.:]*\).*/\1/p' listening)
url=https://$(sed -n 's/.*https=\([0-9.:]*\).*/\1/p' listening)
if command -v nginx >/dev/null && command -v openssl >/dev/null; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
        -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem 2>/dev/null
    # A port below those that systems hand out by themselves; where it is taken all the same, another one.
    for _ in 1 2 3 4 5; do
        port=$((10000 + RANDOM % 20000))
        cat >nginx.conf <<NGINX
daemon off; worker_processes 1; pid $folder/nginx.pid; error_log $folder/error.log;
events {}
http {
    access_log off; client_max_body_size 10m;
    client_body_temp_path $folder/a; proxy_temp_path $folder/b; fastcgi_temp_path $folder/c; uwsgi_temp_path $folder/d; scgi_temp_path $folder/e;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $folder/certificate.pem; ssl_certificate_key $folder/key.pem;
        location /identities/ { proxy_pass http://$http/; }
    }
}
NGINX
        nginx -e "$folder/error.log" -c "$folder/nginx.conf" -g "user $(id -un) $(id -gn);" 2>/dev/null &
        front=$!
        pids+=("$front")
        # Its pid is written once it listens.
        until [ -s nginx.pid ] || ! kill -0 "$front" 2>/dev/null; do sleep 0.1; done
        if [ -s nginx.pid ]; then break; fi
    done
    if [ ! -s nginx.pid ]; then
        cat error.log >&2
        exit 3
    fi
    url=https://127.0.0.1:$port
fi

export PROOFLOAD_PASSWORD=admin-pass
./proofload init --url "$url" --username admin --accept-certificate
./proofload doctor --target lab
# The mock signs itself, which is worth a warning and no failure.
./proofload validate --target lab --no-bad-logins ${options[@]+"${options[@]}"}
took=$((SECONDS - began))
echo "from the archive to an answer: $took s"
[ "$took" -lt 120 ]
