import { boardSuite } from "./machine/board_suite.ts";

boardSuite("riscv-virt");
