/** Drawn safe prime, 11 modulo 16: 2 is no square, and (p - 1) / 2 - 1 has two factors of two. */
export const SAFE =
  "8c6d376d1b73abd4266cdf0143ec204fcd232d6ee491a6c5cecf2d7dc734d5786aaa49cabe9943f719a1f5ef5d8fbbc4532b2868d52fe5625e23d41c4cc14919" +
  "bdffe581498029fbae6cf40dab565d1591d16cfc317a35561b95427ff082dd6d56dd860ad67188853fff0159052626312bc58ae120fcbe76050887948234525b";
