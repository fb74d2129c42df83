import { boardSuite } from "./board_suite.ts";

boardSuite("imx6ul");
