import { boardSuite } from "./machine/board_suite.ts";

boardSuite("imx6ul");
