#!/bin/sh
# Process 1 of a User-mode Linux guest. Its root is the host's file system, read-only; the guest's own directory is
# mounted at /mnt and is where the two worlds exchange files. The console carries one command a line, each with a
# number before it; its output goes to /mnt/out.NUMBER and its end is told on the console.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp
mount -t proc none /proc
mount -t sysfs none /sys
for place in /run /tmp /var/log /var/lib; do mount -t tmpfs none $place; done
for word in $(cat /proc/cmdline); do
  case $word in guestdir=*) directory=${word#guestdir=} ;; esac
done
mount -t hostfs -o "$directory" none /mnt

# One modprobe for everything: each call costs a fifth of a second. Afterwards nothing may be asked for by the kernel,
# which would look for modules of the wrong kernel.
mkdir -p /run/modules/lib/modules
mount --bind /usr/lib/uml/modules /run/modules/lib/modules
modprobe -d /run/modules -a xfrm_user esp4 ah4 xfrm4_tunnel af_key authenc authencesn echainiv seqiv cbc ctr gcm crypto_null xcbc hmac ecb des_generic \
  sha512_generic drbg jitterentropy_rng ansi_cprng ghash-generic ccm \
  chacha20poly1305 chacha_generic poly1305_generic camellia_generic ip_gre ip_vti 2>/mnt/modprobe.err
echo > /proc/sys/kernel/modprobe

ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects
echo 0 > /proc/sys/net/ipv4/conf/default/send_redirects
# The guest has no use for IPv6, and its router solicitations are noise on a wire that is watched.
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null

stty raw -echo 2>/dev/null
stty icanon -echo 2>/dev/null
echo "@ready"
while read -r number line; do
  ( eval "$line" >"/mnt/out.$number" 2>&1 </dev/null; echo "@done $number $?" ) &
done
echo o > /proc/sysrq-trigger
sleep 5
