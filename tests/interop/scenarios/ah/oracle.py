"""An independent AH: JSON on standard input, as tests/interop/scapy/oracle.py for ESP.

{"spi", "auth", "key", "outer": [src, dst], "seq", "packets": [hex], "make": [hex]} -> {"inner": [hex], "made": [hex]}
"""
import json
import logging
import sys

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
from scapy.layers.inet import IP                                    # noqa: E402
from scapy.layers.ipsec import AH, SecurityAssociation              # noqa: E402

ask = json.load(sys.stdin)
src, dst = ask["outer"]
sa = SecurityAssociation(AH, spi=ask["spi"], seq_num=ask["seq"], auth_algo=ask["auth"], auth_key=bytes.fromhex(ask["key"]),
                         tunnel_header=IP(src=src, dst=dst))
# What does not verify raises.
json.dump({"inner": [bytes(sa.decrypt(IP(bytes.fromhex(packet)))).hex() for packet in ask["packets"]],
           "made": [bytes(sa.encrypt(IP(bytes.fromhex(packet)))).hex() for packet in ask["make"]]}, sys.stdout)
