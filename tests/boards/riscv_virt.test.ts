import { boardSuite } from "./board_suite.ts";

boardSuite("riscv-virt");
