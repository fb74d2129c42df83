#!/bin/bash
# Makes the files of this folder with OpenSSL 3: `bash make.sh`. The keys protect nothing.
set -e
cd "$(dirname "$0")"
openssl req -x509 -newkey rsa:2048 -noenc -keyout root.key -out root.crt -days 9000 -subj "/C=CH/O=Example/CN=Root" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
issue() { # name, issuer, subject, extensions
  openssl req -new -key "$1.key" -subj "$3" -out x.csr
  openssl x509 -req -in x.csr -CA "$2.crt" -CAkey "$2.key" -days 9000 -extfile <(printf "%b" "$4") -out "$1.crt" 2>/dev/null
}
openssl genrsa -out middle.key 2048 2>/dev/null
issue middle root "/C=CH/O=Example/CN=Middle" "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n"
openssl genrsa -out alpha.key 2048 2>/dev/null
issue alpha root "/C=CH/O=Example/CN=alpha" "subjectAltName=DNS:alpha.example.com,IP:192.0.2.1\n"
openssl ecparam -name prime256v1 -genkey -noout -out curve.key
issue curve middle "/C=CH/O=Example/CN=curve" "subjectAltName=DNS:curve.example.com\n"
openssl ecparam -name secp521r1 -genkey -noout -out curve521.key
openssl genrsa -traditional -out pkcs1.key 1024 2>/dev/null
openssl pkcs8 -topk8 -in alpha.key -v2 aes-256-cbc -v2prf hmacWithSHA256 -passout pass:swordfish -out alpha-aes256.p8
openssl pkcs8 -topk8 -in alpha.key -v2 aes-128-cbc -v2prf hmacWithSHA1 -passout pass:swordfish -out alpha-aes128.p8
openssl pkcs8 -topk8 -in curve.key -v2 des3 -v2prf hmacWithSHA1 -passout pass:swordfish -out curve-3des.p8
openssl pkcs8 -topk8 -in curve.key -v1 PBE-SHA1-3DES -passout pass:swordfish -out curve-old.p8
openssl rsa -in alpha.key -aes256 -traditional -passout pass:swordfish -out alpha-dek.key 2>/dev/null
all="-inkey curve.key -in curve.crt -certfile both.pem -passout pass:swordfish"
cat middle.crt root.crt >both.pem
openssl pkcs12 -export $all -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha256 -out curve-aes.p12
openssl pkcs12 -export $all -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out curve-3des.p12
openssl pkcs12 -export -legacy $all -out curve-rc2.p12
openssl pkcs12 -export $all -keypbe AES-128-CBC -certpbe NONE -macalg sha512 -out curve-clear.p12
openssl pkcs12 -export $all -nomac -out curve-nomac.p12
openssl crl2pkcs7 -nocrl -certfile curve.crt -certfile middle.crt -out curve.p7b
openssl rsa -in alpha.key -pubout -out alpha.pub 2>/dev/null
printf '' >index.txt; echo 01 >crlnumber
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=9000\n' >ca.cnf
openssl ca -config ca.cnf -gencrl -cert root.crt -keyfile root.key -out root.crl 2>/dev/null
openssl ca -config ca.cnf -gencrl -cert middle.crt -keyfile middle.key -out middle.crl 2>/dev/null
rm -f x.csr both.pem index.txt* crlnumber* ca.cnf
