/** A configuration that uses every line there is; `show running-config` gives it back as it stands. */
export const WHOLE = `!
hostname alpha
!
crypto isakmp policy 10
 encryption aes 256
 hash sha512
 authentication pre-share
 group 16
 lifetime 3600
!
crypto isakmp policy 20
 encryption 3des
 hash sha
 authentication pre-share
 group 2
!
crypto isakmp identity key-id gateway-7
crypto isakmp key correct-horse address 192.0.2.2
crypto isakmp key battery-staple address 198.51.100.0 255.255.255.0
crypto isakmp key 0 0 address 203.0.113.9
crypto isakmp key abcdefgh hostname peer.example.com
!
crypto ipsec security-association lifetime seconds 900
crypto ipsec security-association lifetime kilobytes disable
crypto ipsec security-association replay window-size 1024
crypto ipsec df-bit set
crypto ipsec dscp 46
!
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
!
crypto ipsec transform-set OLD esp-3des esp-md5-hmac
 mode tunnel
!
crypto ipsec transform-set FAST esp-gcm 256 icv 8
 mode tunnel
 esn
!
crypto ipsec transform-set CCM esp-ccm 192 icv 12
 mode tunnel
!
crypto ipsec transform-set READABLE esp-gmac 256
 mode tunnel
!
crypto ipsec transform-set PRIVATE esp-chacha20-poly1305
 mode tunnel
 esn
!
crypto ipsec transform-set CAMELLIA esp-camellia 256 esp-sha256-hmac
 mode tunnel
!
crypto ipsec transform-set COUNTER esp-aes-ctr 192 esp-aes-xcbc-mac
 mode tunnel
!
crypto ipsec transform-set SEALED ah-sha512-hmac
 mode transport
!
crypto ipsec transform-set BOTH ah-sha256-hmac esp-aes 256 esp-sha256-hmac
 mode transport
 esn
!
ip access-list extended VPN
 10 remark what the tunnel carries, and ? what | not
 20 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
 25 deny icmp any host 10.9.9.9
 30 permit udp any eq domain 10.3.0.0 0.0.255.255
 40 permit tcp host 10.1.0.1 any eq 443
 50 permit ospf any any
!
ip access-list extended 101
 10 permit ip any any
!
crypto dynamic-map ANY 10
 set transform-set TS
 set pfs group14
 match address 101
!
crypto dynamic-map ANY 20
 set transform-set OLD
!
crypto map CM 10 ipsec-isakmp
 description to beta
 set peer 192.0.2.2
 set peer 198.51.100.7
 set security-association lifetime seconds 300
 set security-association lifetime kilobytes 102400
 set transform-set TS OLD
 set pfs group14
 match address VPN
!
crypto map CM 20 bypass
 match address 101
!
crypto map CM 30 discard
!
crypto map CM 65000 ipsec-isakmp dynamic ANY
!
interface Ethernet0
 description the lan | of us
 mac-address 0250.0000.0001
 ip address 10.1.0.1 255.255.255.0
 mtu 1400
!
interface Ethernet1
 ip address 192.0.2.1 255.255.255.252
 crypto ipsec df-bit clear
 crypto map CM
!
interface Ethernet2
 no ip address
 shutdown
!
interface Ethernet3
 no ip address
!
ip route 0.0.0.0 0.0.0.0 192.0.2.2
ip route 10.7.0.0 255.255.0.0 Ethernet1 20
ip route 10.8.0.0 255.255.0.0 Null0
!
end
`;
