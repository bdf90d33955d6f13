#!/bin/sh
# Makes the certificates of serve.py: the keys are in the files, so that the server can use them; they are good for tests only.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$work/$1.key"; }

# certificate NAME SUBJECT-ALT-NAME FROM TO [CA]: self-signed without a CA
certificate() {
	key "$1"
	openssl req -new -key "$work/$1.key" -subj "/O=gol tests/CN=$1" -out "$work/$1.csr"
	printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$2" >"$work/$1.ext"
	mkdir "$work/$1.ca"
	: >"$work/$1.ca/index"
	cat >"$work/$1.cnf" <<-END
		[ca]
		default_ca = it
		[it]
		database = $work/$1.ca/index
		new_certs_dir = $work/$1.ca
		rand_serial = yes
		default_md = sha256
		policy = any
		[any]
		organizationName = optional
		commonName = optional
	END
	signer=${5:-}
	if [ -n "$signer" ]; then
		set -- "$@" -cert "$work/$signer.crt" -keyfile "$work/$signer.key"
	else
		set -- "$@" '' -selfsign -keyfile "$work/$1.key"
	fi
	name=$1 from=$3 to=$4
	shift 5
	openssl ca -batch -notext -config "$work/$name.cnf" -in "$work/$name.csr" -out "$work/$name.crt" -startdate "$from" -enddate "$to" \
		-extfile "$work/$name.ext" "$@" 2>/dev/null
	cat "$work/$name.key" "$work/$name.crt" >"$name.pem"
}

key ca
openssl req -x509 -new -key "$work/ca.key" -subj '/O=gol tests/CN=ca' -days 36500 -out "$work/ca.crt"
cp "$work/ca.crt" trusted_ca.pem
certificate trusted IP:127.0.0.1 20200101000000Z 20991231235959Z ca
certificate unknown IP:127.0.0.1 20200101000000Z 20991231235959Z
certificate expired IP:127.0.0.1 20200101000000Z 20201231235959Z ca
certificate wronghost DNS:example.com 20200101000000Z 20991231235959Z ca
