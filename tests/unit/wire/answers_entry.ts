/** What name and time servers say, read by itself: for the fuzzer of parsers. */
import { putString } from "../../../assembly/util/bytes";
import * as dns from "../../../assembly/wire/dns";
import * as ntp from "../../../assembly/wire/ntp";

const name: usize = memory.data(64, 4);
const question: usize = memory.data(512, 4);

/** Where a question for host.example.org with the ID 0x1234 lies, and its length. */
export function dnsQuestion(): usize {
  return question;
}
export function dnsQuestionLength(): u32 {
  return dns.question(question, 0x1234, name, putString(name, "host.example.org"));
}

/** Whether an answer to it says something, true or not. */
export function dnsAnswer(p: usize, len: u32): bool {
  return dns.read(p, len, 0x1234, name, putString(name, "host.example.org")) <= dns.Answer.REFUSED;
}

/** Whether an answer to the request with the stamp 0x0102030405060708 tells a time. */
export function ntpAnswer(p: usize, len: u32): bool {
  return ntp.read(p, len, 0x0102030405060708) <= ntp.Reply.UNSYNCHRONISED;
}
