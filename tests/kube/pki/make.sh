#!/bin/sh
# Makes the certificates of this directory anew: for tests only, valid whatever the clock of the machine says.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/ca.cnf" <<EOF
[ca]
default_ca = test
[test]
database = $work/index
rand_serial = yes
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
organizationName = optional
EOF
: >"$work/index"
from=20200101000000Z until=21200101000000Z

sign() { # name, subject, end, extension, how
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
  openssl req -new -key "$1.key" -subj "$2" -out "$work/$1.csr"
  printf '%s\n' "$4" >"$work/ext"
  openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/$1.csr" -startdate $from -enddate "$3" \
    -extfile "$work/ext" $5 -out "$1.pem" 2>/dev/null
}
by="-cert authority.pem -keyfile authority.key"
sign authority /CN=authority $until basicConstraints=critical,CA:TRUE "-selfsign -keyfile authority.key"
sign stranger /CN=stranger $until basicConstraints=critical,CA:TRUE "-selfsign -keyfile stranger.key"
sign server /CN=server $until subjectAltName=IP:127.0.0.1,DNS:api.example "$by"
sign named /CN=named $until subjectAltName=DNS:api.example "$by"
sign expired /CN=expired 20200102000000Z subjectAltName=IP:127.0.0.1 "$by"
sign client /O=system:masters/CN=jo $until extendedKeyUsage=clientAuth "$by"
openssl pkey -in client.key -aes256 -passout pass:secret -out encrypted.key
rm -f authority.key stranger.key
