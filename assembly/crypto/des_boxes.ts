// The round function of DES on 64 blocks at once: plane i of a half holds bit i of that half in all blocks, and each S-box
// is a circuit of ANDs, ORs and XORs. The circuits were found by expanding the boxes' truth tables over every order of
// their inputs and sharing what is equal: 580 gates for all eight. E and P cost nothing: they only say which plane.

/** The plane of r at offset `plane`, with bit `place` of the round key added in every block. */
// @ts-ignore: decorator
@inline
function input(r: usize, key: u64, plane: usize, place: u64): u64 {
  return load<u64>(r + plane) ^ (0 - ((key >> place) & 1));
}

// @ts-ignore: decorator
@inline
function add(l: usize, plane: usize, x: u64): void {
  store<u64>(l + plane, load<u64>(l + plane) ^ x);
}

/** S-box 1: 81 gates. */
// @ts-ignore: decorator
@inline
function box1(l: usize, x0: u64, x1: u64, x2: u64, x3: u64, x4: u64, x5: u64): void {
  const g0 = x3 & x5; const g1 = ~g0; const g2 = x3 & x4; const g3 = g1 ^ g2; const g4 = g3 ^ x2; const g5 = x5 | x3;
  const g6 = g1 & x4; const g7 = g5 ^ g6; const g8 = ~g5; const g9 = g8 ^ x4; const g10 = g9 & x2; const g11 = g7 ^ g10;
  const g12 = ~x1; const g13 = g11 & g12; const g14 = g4 ^ g13; const g15 = g2 ^ g7; const g16 = x3 ^ g8;
  const g17 = ~x4; const g18 = g16 & g17; const g19 = g18 & x2; const g20 = g15 ^ g19; const g21 = g8 | x4;
  const g22 = ~x5; const g23 = g22 & x4; const g24 = g8 ^ g23; const g25 = g24 & x2; const g26 = g21 ^ g25;
  const g27 = g26 & g12; const g28 = g20 ^ g27; const g29 = g28 & x0; const g30 = g14 ^ g29; const g31 = g2 ^ g24;
  const g32 = x5 ^ g23; const g33 = g32 & x2; const g34 = g31 ^ g33; const g35 = g9 | x3; const g36 = x4 ^ g32;
  const g37 = g36 & x2; const g38 = g35 ^ g37; const g39 = g38 & g12; const g40 = g34 ^ g39; const g41 = g33 | g5;
  const g42 = g2 ^ g23; const g43 = g8 ^ g36; const g44 = g43 & x2; const g45 = g42 ^ g44; const g46 = g45 & g12;
  const g47 = g41 ^ g46; const g48 = g47 & x0; const g49 = g40 ^ g48; const g50 = g1 ^ g43; const g51 = g50 ^ g19;
  const g52 = g34 | g23; const g53 = g52 & g12; const g54 = g51 ^ g53; const g55 = g9 ^ g15; const g56 = x3 ^ g7;
  const g57 = g56 & x2; const g58 = g55 ^ g57; const g59 = g1 ^ g56; const g60 = g59 ^ g25; const g61 = g60 & g12;
  const g62 = g58 ^ g61; const g63 = g62 & x0; const g64 = g54 ^ g63; const g65 = x5 ^ g6; const g66 = g0 ^ g2;
  const g67 = g66 & x2; const g68 = g65 ^ g67; const g69 = g4 | x3; const g70 = g69 & g12; const g71 = g68 ^ g70;
  const g72 = g5 ^ g31; const g73 = ~x2; const g74 = g72 & g73; const g75 = g50 ^ g66; const g76 = g75 ^ g44;
  const g77 = g76 & g12; const g78 = g74 ^ g77; const g79 = g78 & x0; const g80 = g71 ^ g79;
  add(l, 184, g80);
  add(l, 120, g64);
  add(l, 72, g30);
  add(l, 8, g49);
}

/** S-box 2: 70 gates. */
// @ts-ignore: decorator
@inline
function box2(l: usize, x0: u64, x1: u64, x2: u64, x3: u64, x4: u64, x5: u64): void {
  const g0 = ~x5; const g1 = g0 ^ x4; const g2 = g1 ^ x0; const g3 = g2 ^ x1; const g4 = x4 & x5; const g5 = ~g4;
  const g6 = x4 ^ g4; const g7 = g6 & x0; const g8 = g0 ^ g7; const g9 = g8 & x1; const g10 = g5 ^ g9;
  const g11 = g10 & x3; const g12 = g3 ^ g11; const g13 = x5 ^ g8; const g14 = g13 & x1; const g15 = x5 ^ g14;
  const g16 = g4 & x3; const g17 = g15 ^ g16; const g18 = g17 & x2; const g19 = g12 ^ g18; const g20 = ~x4;
  const g21 = g5 & x0; const g22 = g20 ^ g21; const g23 = g1 & x0; const g24 = g5 ^ g23; const g25 = g24 & x1;
  const g26 = g22 ^ g25; const g27 = ~x0; const g28 = g20 | g27; const g29 = g8 ^ g24; const g30 = g29 & x1;
  const g31 = g28 ^ g30; const g32 = g31 & x3; const g33 = g26 ^ g32; const g34 = g13 ^ g22; const g35 = g8 ^ g27;
  const g36 = g35 & x1; const g37 = g34 ^ g36; const g38 = g1 ^ g23; const g39 = x0 & x1; const g40 = g38 ^ g39;
  const g41 = g40 & x3; const g42 = g37 ^ g41; const g43 = g42 & x2; const g44 = g33 ^ g43; const g45 = x5 ^ g22;
  const g46 = g23 ^ g35; const g47 = g46 & x1; const g48 = g45 ^ g47; const g49 = x4 ^ g7; const g50 = g49 | x1;
  const g51 = g50 & x3; const g52 = g48 ^ g51; const g53 = g35 | g10; const g54 = g53 & x2; const g55 = g52 ^ g54;
  const g56 = g13 ^ g23; const g57 = g56 ^ g36; const g58 = g5 | x0; const g59 = g34 & g24; const g60 = g59 & x1;
  const g61 = g58 ^ g60; const g62 = g61 & x3; const g63 = g57 ^ g62; const g64 = g45 & g1; const g65 = g59 & g5;
  const g66 = g65 & x1; const g67 = g64 ^ g66; const g68 = g67 & x2; const g69 = g63 ^ g68;
  add(l, 152, g55);
  add(l, 32, g19);
  add(l, 240, g44);
  add(l, 112, g69);
}

/** S-box 3: 76 gates. */
// @ts-ignore: decorator
@inline
function box3(l: usize, x0: u64, x1: u64, x2: u64, x3: u64, x4: u64, x5: u64): void {
  const g0 = x2 ^ x5; const g1 = x5 & x2; const g2 = ~x1; const g3 = g1 & g2; const g4 = g0 ^ g3; const g5 = g4 ^ x3;
  const g6 = ~x2; const g7 = x5 | g6; const g8 = g7 | x1; const g9 = ~x4; const g10 = g8 & g9; const g11 = g5 ^ g10;
  const g12 = x5 | x1; const g13 = x5 ^ g1; const g14 = g0 & g2; const g15 = g13 ^ g14; const g16 = ~x3;
  const g17 = g15 & g16; const g18 = g12 ^ g17; const g19 = ~g12; const g20 = g1 ^ g19; const g21 = g20 & g16;
  const g22 = g19 ^ g21; const g23 = g22 & g9; const g24 = g18 ^ g23; const g25 = ~x0; const g26 = g24 & g25;
  const g27 = g11 ^ g26; const g28 = g4 ^ g14; const g29 = g2 & g16; const g30 = g28 ^ g29; const g31 = g0 ^ g12;
  const g32 = g31 | g16; const g33 = g32 & g9; const g34 = g30 ^ g33; const g35 = x5 ^ g8; const g36 = g7 & x1;
  const g37 = g36 & g16; const g38 = g35 ^ g37; const g39 = g0 ^ g2; const g40 = x1 ^ g20; const g41 = g40 & g16;
  const g42 = g39 ^ g41; const g43 = g42 & g9; const g44 = g38 ^ g43; const g45 = g44 & g25; const g46 = g34 ^ g45;
  const g47 = g12 ^ g13; const g48 = g47 ^ g41; const g49 = x2 ^ g7; const g50 = g49 & g16; const g51 = g7 ^ g50;
  const g52 = g51 & g9; const g53 = g48 ^ g52; const g54 = g28 | g20; const g55 = g54 | g16; const g56 = g12 & g6;
  const g57 = g13 & g16; const g58 = g56 ^ g57; const g59 = g58 & g9; const g60 = g55 ^ g59; const g61 = g60 & g25;
  const g62 = g53 ^ g61; const g63 = g4 ^ g7; const g64 = g63 & g16; const g65 = g39 ^ g64; const g66 = g14 ^ g39;
  const g67 = g66 & g9; const g68 = g65 ^ g67; const g69 = ~g64; const g70 = x2 ^ g66; const g71 = g70 ^ x3;
  const g72 = g71 & g9; const g73 = g69 ^ g72; const g74 = g73 & g25; const g75 = g68 ^ g74;
  add(l, 64, g27);
  add(l, 128, g62);
  add(l, 16, g46);
  add(l, 208, g75);
}

/** S-box 4: 55 gates. */
// @ts-ignore: decorator
@inline
function box4(l: usize, x0: u64, x1: u64, x2: u64, x3: u64, x4: u64, x5: u64): void {
  const g0 = ~x4; const g1 = g0 ^ x2; const g2 = ~x2; const g3 = x4 & g2; const g4 = g3 & x0; const g5 = g1 ^ g4;
  const g6 = g3 | x0; const g7 = g6 & x3; const g8 = g5 ^ g7; const g9 = ~x0; const g10 = g3 | g9; const g11 = g1 & x0;
  const g12 = x2 ^ g11; const g13 = g12 & x3; const g14 = g10 ^ g13; const g15 = g14 & x1; const g16 = g8 ^ g15;
  const g17 = g4 ^ g12; const g18 = g0 & x3; const g19 = g17 ^ g18; const g20 = x4 ^ g12; const g21 = x2 ^ g20;
  const g22 = g21 & x3; const g23 = g20 ^ g22; const g24 = g23 & x1; const g25 = g19 ^ g24; const g26 = g16 ^ g25;
  const g27 = g26 & x5; const g28 = g16 ^ g27; const g29 = x0 ^ g3; const g30 = g2 ^ g17; const g31 = g30 & x3;
  const g32 = g29 ^ g31; const g33 = x2 ^ g3; const g34 = g33 ^ g4; const g35 = g34 ^ g22; const g36 = g35 & x1;
  const g37 = g32 ^ g36; const g38 = g1 ^ g6; const g39 = x4 & x3; const g40 = g38 ^ g39; const g41 = g2 ^ g13;
  const g42 = g41 & x1; const g43 = g40 ^ g42; const g44 = g37 ^ g43; const g45 = g44 & x5; const g46 = g37 ^ g45;
  const g47 = ~g37; const g48 = g43 ^ g47; const g49 = g48 & x5; const g50 = g43 ^ g49; const g51 = ~g25;
  const g52 = g51 ^ g16; const g53 = g52 & x5; const g54 = g51 ^ g53;
  add(l, 48, g46);
  add(l, 96, g50);
  add(l, 176, g28);
  add(l, 248, g54);
}

/** S-box 5: 81 gates. */
// @ts-ignore: decorator
@inline
function box5(l: usize, x0: u64, x1: u64, x2: u64, x3: u64, x4: u64, x5: u64): void {
  const g0 = ~x5; const g1 = g0 ^ x2; const g2 = x2 & x0; const g3 = g1 ^ g2; const g4 = ~x0; const g5 = x2 | g4;
  const g6 = ~x4; const g7 = g5 & g6; const g8 = g3 ^ g7; const g9 = x5 & x2; const g10 = g9 | x0; const g11 = g1 & x0;
  const g12 = g9 ^ g11; const g13 = g12 & g6; const g14 = g10 ^ g13; const g15 = ~x3; const g16 = g14 & g15;
  const g17 = g8 ^ g16; const g18 = g10 ^ g11; const g19 = g18 | x3; const g20 = ~x1; const g21 = g19 & g20;
  const g22 = g17 ^ g21; const g23 = g4 ^ g18; const g24 = g18 | g3; const g25 = g24 & g6; const g26 = g23 ^ g25;
  const g27 = g5 ^ g11; const g28 = x2 ^ g12; const g29 = g28 & g6; const g30 = g27 ^ g29; const g31 = g30 & g15;
  const g32 = g26 ^ g31; const g33 = x2 ^ g24; const g34 = g4 ^ g9; const g35 = g34 & g6; const g36 = g33 ^ g35;
  const g37 = x5 ^ g2; const g38 = x0 ^ g27; const g39 = g38 & g6; const g40 = g37 ^ g39; const g41 = g40 & g15;
  const g42 = g36 ^ g41; const g43 = g42 & g20; const g44 = g32 ^ g43; const g45 = g1 ^ g38; const g46 = g45 & g6;
  const g47 = g33 ^ g46; const g48 = g23 ^ g45; const g49 = g48 & g6; const g50 = x2 ^ g49; const g51 = g50 & g15;
  const g52 = g47 ^ g51; const g53 = x2 ^ g2; const g54 = x5 ^ g24; const g55 = g54 & g6; const g56 = g53 ^ g55;
  const g57 = x0 ^ g5; const g58 = x0 ^ x5; const g59 = g58 & g6; const g60 = g57 ^ g59; const g61 = g60 & g15;
  const g62 = g56 ^ g61; const g63 = g62 & g20; const g64 = g52 ^ g63; const g65 = g12 ^ g54; const g66 = x2 & g6;
  const g67 = g65 ^ g66; const g68 = x2 ^ g23; const g69 = g68 | g6; const g70 = g69 & g15; const g71 = g67 ^ g70;
  const g72 = g11 ^ g48; const g73 = g72 | x4; const g74 = x5 ^ g68; const g75 = g27 & g6; const g76 = g74 ^ g75;
  const g77 = g76 & g15; const g78 = g73 ^ g77; const g79 = g78 & g20; const g80 = g71 ^ g79;
  add(l, 192, g44);
  add(l, 144, g22);
  add(l, 56, g80);
  add(l, 232, g64);
}

/** S-box 6: 75 gates. */
// @ts-ignore: decorator
@inline
function box6(l: usize, x0: u64, x1: u64, x2: u64, x3: u64, x4: u64, x5: u64): void {
  const g0 = ~x5; const g1 = g0 ^ x1; const g2 = g1 ^ x0; const g3 = g2 ^ x4; const g4 = g1 | x5; const g5 = g1 & x0;
  const g6 = g4 ^ g5; const g7 = x5 & x1; const g8 = g7 ^ g5; const g9 = ~x4; const g10 = g8 & g9; const g11 = g6 ^ g10;
  const g12 = g11 & x3; const g13 = g3 ^ g12; const g14 = x5 ^ g4; const g15 = ~x0; const g16 = g14 | g15;
  const g17 = g16 & g9; const g18 = x0 ^ g17; const g19 = g5 ^ g16; const g20 = g15 & g9; const g21 = g19 ^ g20;
  const g22 = g21 & x3; const g23 = g18 ^ g22; const g24 = g23 & x2; const g25 = g13 ^ g24; const g26 = g1 ^ g15;
  const g27 = g15 & g0; const g28 = g27 & g9; const g29 = g26 ^ g28; const g30 = g19 ^ g27; const g31 = g30 | x4;
  const g32 = g31 & x3; const g33 = g29 ^ g32; const g34 = x0 ^ g30; const g35 = g34 & g9; const g36 = x1 ^ g35;
  const g37 = g6 & x1; const g38 = g0 & g9; const g39 = g37 ^ g38; const g40 = g39 & x3; const g41 = g36 ^ g40;
  const g42 = g41 & x2; const g43 = g33 ^ g42; const g44 = x5 ^ g8; const g45 = x0 ^ g7; const g46 = g45 & g9;
  const g47 = g44 ^ g46; const g48 = g8 | g2; const g49 = g48 | g9; const g50 = g49 & x3; const g51 = g47 ^ g50;
  const g52 = g15 | g4; const g53 = g1 ^ g34; const g54 = g53 & g9; const g55 = g52 ^ g54; const g56 = g55 & x2;
  const g57 = g51 ^ g56; const g58 = x5 ^ g34; const g59 = g58 ^ x4; const g60 = g4 ^ g27; const g61 = g7 ^ g34;
  const g62 = g61 & g9; const g63 = g60 ^ g62; const g64 = g63 & x3; const g65 = g59 ^ g64; const g66 = x1 ^ g19;
  const g67 = x0 & g9; const g68 = g66 ^ g67; const g69 = x1 ^ g7; const g70 = g69 ^ g28; const g71 = g70 & x3;
  const g72 = g68 ^ g71; const g73 = g72 & x2; const g74 = g65 ^ g73;
  add(l, 224, g43);
  add(l, 24, g25);
  add(l, 168, g57);
  add(l, 104, g74);
}

/** S-box 7: 73 gates. */
// @ts-ignore: decorator
@inline
function box7(l: usize, x0: u64, x1: u64, x2: u64, x3: u64, x4: u64, x5: u64): void {
  const g0 = x1 ^ x3; const g1 = ~x1; const g2 = x3 | g1; const g3 = g0 ^ g2; const g4 = g3 & x4; const g5 = g0 ^ g4;
  const g6 = g5 ^ x2; const g7 = x3 & x4; const g8 = g3 ^ g7; const g9 = g8 & x2; const g10 = g4 ^ g9;
  const g11 = g10 & x5; const g12 = g6 ^ g11; const g13 = g1 ^ g2; const g14 = g13 | x4; const g15 = ~x4;
  const g16 = g1 & g15; const g17 = g16 & x2; const g18 = g14 ^ g17; const g19 = g8 ^ g16; const g20 = g19 & x2;
  const g21 = g15 ^ g20; const g22 = g21 & x5; const g23 = g18 ^ g22; const g24 = g23 & x0; const g25 = g12 ^ g24;
  const g26 = x4 ^ g13; const g27 = g0 ^ g8; const g28 = g27 & x2; const g29 = g26 ^ g28; const g30 = ~x2;
  const g31 = g27 | g30; const g32 = g31 & x5; const g33 = g29 ^ g32; const g34 = g0 ^ g14; const g35 = x3 ^ g19;
  const g36 = g35 & x2; const g37 = g34 ^ g36; const g38 = g7 ^ g15; const g39 = g38 ^ g28; const g40 = g39 & x5;
  const g41 = g37 ^ g40; const g42 = g41 & x0; const g43 = g33 ^ g42; const g44 = g1 ^ g38; const g45 = g8 & g2;
  const g46 = g45 & x2; const g47 = g44 ^ g46; const g48 = g14 ^ g15; const g49 = g48 & x5; const g50 = g47 ^ g49;
  const g51 = g45 | g44; const g52 = g0 ^ g7; const g53 = g52 & x2; const g54 = g51 ^ g53; const g55 = ~x5;
  const g56 = g54 | g55; const g57 = g56 & x0; const g58 = g50 ^ g57; const g59 = g8 ^ g44; const g60 = x1 & x2;
  const g61 = g59 ^ g60; const g62 = g2 ^ g48; const g63 = g7 & x2; const g64 = g62 ^ g63; const g65 = g64 & x5;
  const g66 = g61 ^ g65; const g67 = g29 ^ g61; const g68 = g48 ^ g60; const g69 = g68 & x5; const g70 = g67 ^ g69;
  const g71 = g70 & x0; const g72 = g66 ^ g71;
  add(l, 0, g43);
  add(l, 160, g72);
  add(l, 80, g25);
  add(l, 200, g58);
}

/** S-box 8: 69 gates. */
// @ts-ignore: decorator
@inline
function box8(l: usize, x0: u64, x1: u64, x2: u64, x3: u64, x4: u64, x5: u64): void {
  const g0 = ~x4; const g1 = x2 | g0; const g2 = g1 ^ x3; const g3 = ~x3; const g4 = g0 & g3; const g5 = x2 ^ g4;
  const g6 = g5 & x1; const g7 = g2 ^ g6; const g8 = g7 ^ x5; const g9 = x4 ^ g1; const g10 = ~x2; const g11 = g10 & g3;
  const g12 = g9 ^ g11; const g13 = x2 ^ x4; const g14 = g13 | x3; const g15 = g14 & x1; const g16 = g12 ^ g15;
  const g17 = g4 ^ g10; const g18 = g17 & x1; const g19 = g13 ^ g18; const g20 = g16 ^ g19; const g21 = g20 & x5;
  const g22 = g16 ^ g21; const g23 = g22 & x0; const g24 = g8 ^ g23; const g25 = g2 ^ g12; const g26 = x2 ^ g14;
  const g27 = g26 & x1; const g28 = g25 ^ g27; const g29 = g3 | g0; const g30 = g29 & x1; const g31 = g17 ^ g30;
  const g32 = g28 ^ g31; const g33 = g32 & x5; const g34 = g28 ^ g33; const g35 = g4 ^ g20; const g36 = g19 | x4;
  const g37 = g35 ^ g36; const g38 = g37 & x5; const g39 = g35 ^ g38; const g40 = g39 & x0; const g41 = g34 ^ g40;
  const g42 = g12 ^ g26; const g43 = g42 ^ x1; const g44 = g15 ^ g42; const g45 = g43 ^ g44; const g46 = g45 & x5;
  const g47 = g43 ^ g46; const g48 = g16 ^ g37; const g49 = g31 | g0; const g50 = g48 ^ g49; const g51 = g50 & x5;
  const g52 = g48 ^ g51; const g53 = g52 & x0; const g54 = g47 ^ g53; const g55 = g5 ^ g30; const g56 = g25 | g11;
  const g57 = x3 ^ g5; const g58 = g57 & x1; const g59 = g56 ^ g58; const g60 = g55 ^ g59; const g61 = g60 & x5;
  const g62 = g55 ^ g61; const g63 = g37 | x1; const g64 = g36 ^ g63; const g65 = g64 & x5; const g66 = g36 ^ g65;
  const g67 = g66 & x0; const g68 = g62 ^ g67;
  add(l, 216, g41);
  add(l, 40, g24);
  add(l, 136, g54);
  add(l, 88, g68);
}

/** l ^= f(r, key) in 64 blocks; `key` as des.ts lays a round key out. */
export function roundOf64(l: usize, r: usize, key: u64): void {
  box1(l, input(r, key, 0, 32), input(r, key, 248, 31), input(r, key, 240, 30),
    input(r, key, 232, 29), input(r, key, 224, 28), input(r, key, 216, 59));
  box2(l, input(r, key, 224, 60), input(r, key, 216, 27), input(r, key, 208, 26),
    input(r, key, 200, 25), input(r, key, 192, 24), input(r, key, 184, 55));
  box3(l, input(r, key, 192, 56), input(r, key, 184, 23), input(r, key, 176, 22),
    input(r, key, 168, 21), input(r, key, 160, 20), input(r, key, 152, 51));
  box4(l, input(r, key, 160, 52), input(r, key, 152, 19), input(r, key, 144, 18),
    input(r, key, 136, 17), input(r, key, 128, 16), input(r, key, 120, 47));
  box5(l, input(r, key, 128, 48), input(r, key, 120, 15), input(r, key, 112, 14),
    input(r, key, 104, 13), input(r, key, 96, 12), input(r, key, 88, 43));
  box6(l, input(r, key, 96, 44), input(r, key, 88, 11), input(r, key, 80, 10),
    input(r, key, 72, 9), input(r, key, 64, 8), input(r, key, 56, 39));
  box7(l, input(r, key, 64, 40), input(r, key, 56, 7), input(r, key, 48, 6),
    input(r, key, 40, 5), input(r, key, 32, 4), input(r, key, 24, 35));
  box8(l, input(r, key, 32, 36), input(r, key, 24, 3), input(r, key, 16, 2),
    input(r, key, 8, 1), input(r, key, 0, 0), input(r, key, 248, 63));
}
