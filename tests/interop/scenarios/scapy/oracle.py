"""An independent ESP: takes our packets apart, and makes packets for us. Spoken to through JSON on standard input: a list.

{"spi", "cipher", "key", "auth", "authkey", "esn"?, "packets": [hex of IPv4 packets]} -> {"inner": [hex of IPv4 packets]}
{..., "seq", "outer": [src, dst], "make": [hex of inner IPv4 packets]}                        -> {"made": [hex of IPv4 packets]}
"""
import json
import logging
import sys

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
from scapy.layers.inet import IP                                    # noqa: E402
from scapy.layers.ipsec import ESP, SecurityAssociation             # noqa: E402



def answer(ask):
    src, dst = ask["outer"]
    sa = SecurityAssociation(ESP, spi=ask["spi"], seq_num=ask.get("seq", 1),
                             crypt_algo=ask["cipher"], crypt_key=bytes.fromhex(ask["key"]),
                             auth_algo=ask["auth"], auth_key=bytes.fromhex(ask["authkey"]),
                             tunnel_header=IP(src=src, dst=dst), esn_en=ask.get("esn", False), esn=0)
    return {"inner": [bytes(sa.decrypt(IP(bytes.fromhex(packet)))).hex() for packet in ask.get("packets", [])],
            "made": [bytes(sa.encrypt(IP(bytes.fromhex(packet)))).hex() for packet in ask.get("make", [])]}


json.dump([answer(ask) for ask in json.load(sys.stdin)], sys.stdout)
