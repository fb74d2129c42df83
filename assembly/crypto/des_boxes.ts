// The round function of DES on 64 blocks at once, or on 128 with SIMD: plane i of a half holds bit i of that half in all
// blocks, and each S-box is a circuit of ANDs, ORs and XORs. The circuits were found by expanding the boxes' truth tables over
// every order of their inputs and sharing what is equal: 580 gates for all eight. E and P cost nothing: they only say which
// plane. T is what holds a plane: u64 or v128.

// @ts-ignore: decorator
@inline
export function and<T>(x: T, y: T): T {
  if (isVector<T>()) return <T>v128.and(x, y);
  else return <T>(x & y);
}

// @ts-ignore: decorator
@inline
function or<T>(x: T, y: T): T {
  if (isVector<T>()) return <T>v128.or(x, y);
  else return <T>(x | y);
}

// @ts-ignore: decorator
@inline
export function xor<T>(x: T, y: T): T {
  if (isVector<T>()) return <T>v128.xor(x, y);
  else return <T>(x ^ y);
}

// @ts-ignore: decorator
@inline
function not<T>(x: T): T {
  if (isVector<T>()) return <T>v128.not(x);
  else return <T>(~x);
}

/** Plane `i` of r, with the round key's bit `place` added in every block. */
// @ts-ignore: decorator
@inline
function input<T>(r: usize, key: usize, word: u64, i: usize, place: usize): T {
  if (isVector<T>()) return <T>v128.xor(v128.load(r + i * 16), v128.load_splat<u8>(key + place));
  else return <T>(load<u64>(r + i * 8) ^ (0 - ((word >> <u64>place) & 1)));
}

/** Adds to plane `i` of l. */
// @ts-ignore: decorator
@inline
function add<T>(l: usize, i: usize, x: T): void {
  store<T>(l + i * sizeof<T>(), xor<T>(load<T>(l + i * sizeof<T>()), x));
}

/** S-box 1: 81 gates. */
// @ts-ignore: decorator
@inline
function box1<T>(l: usize, x0: T, x1: T, x2: T, x3: T, x4: T, x5: T): void {
  const g0 = and<T>(x3, x5); const g1 = not<T>(g0); const g2 = and<T>(x3, x4); const g3 = xor<T>(g1, g2);
  const g4 = xor<T>(g3, x2); const g5 = or<T>(x5, x3); const g6 = and<T>(g1, x4); const g7 = xor<T>(g5, g6);
  const g8 = not<T>(g5); const g9 = xor<T>(g8, x4); const g10 = and<T>(g9, x2); const g11 = xor<T>(g7, g10);
  const g12 = not<T>(x1); const g13 = and<T>(g11, g12); const g14 = xor<T>(g4, g13); const g15 = xor<T>(g2, g7);
  const g16 = xor<T>(x3, g8); const g17 = not<T>(x4); const g18 = and<T>(g16, g17); const g19 = and<T>(g18, x2);
  const g20 = xor<T>(g15, g19); const g21 = or<T>(g8, x4); const g22 = not<T>(x5); const g23 = and<T>(g22, x4);
  const g24 = xor<T>(g8, g23); const g25 = and<T>(g24, x2); const g26 = xor<T>(g21, g25); const g27 = and<T>(g26, g12);
  const g28 = xor<T>(g20, g27); const g29 = and<T>(g28, x0); const g30 = xor<T>(g14, g29); const g31 = xor<T>(g2, g24);
  const g32 = xor<T>(x5, g23); const g33 = and<T>(g32, x2); const g34 = xor<T>(g31, g33); const g35 = or<T>(g9, x3);
  const g36 = xor<T>(x4, g32); const g37 = and<T>(g36, x2); const g38 = xor<T>(g35, g37); const g39 = and<T>(g38, g12);
  const g40 = xor<T>(g34, g39); const g41 = or<T>(g33, g5); const g42 = xor<T>(g2, g23); const g43 = xor<T>(g8, g36);
  const g44 = and<T>(g43, x2); const g45 = xor<T>(g42, g44); const g46 = and<T>(g45, g12); const g47 = xor<T>(g41, g46);
  const g48 = and<T>(g47, x0); const g49 = xor<T>(g40, g48); const g50 = xor<T>(g1, g43); const g51 = xor<T>(g50, g19);
  const g52 = or<T>(g34, g23); const g53 = and<T>(g52, g12); const g54 = xor<T>(g51, g53); const g55 = xor<T>(g9, g15);
  const g56 = xor<T>(x3, g7); const g57 = and<T>(g56, x2); const g58 = xor<T>(g55, g57); const g59 = xor<T>(g1, g56);
  const g60 = xor<T>(g59, g25); const g61 = and<T>(g60, g12); const g62 = xor<T>(g58, g61); const g63 = and<T>(g62, x0);
  const g64 = xor<T>(g54, g63); const g65 = xor<T>(x5, g6); const g66 = xor<T>(g0, g2); const g67 = and<T>(g66, x2);
  const g68 = xor<T>(g65, g67); const g69 = or<T>(g4, x3); const g70 = and<T>(g69, g12); const g71 = xor<T>(g68, g70);
  const g72 = xor<T>(g5, g31); const g73 = not<T>(x2); const g74 = and<T>(g72, g73); const g75 = xor<T>(g50, g66);
  const g76 = xor<T>(g75, g44); const g77 = and<T>(g76, g12); const g78 = xor<T>(g74, g77); const g79 = and<T>(g78, x0);
  const g80 = xor<T>(g71, g79);
  add<T>(l, 23, g80);
  add<T>(l, 15, g64);
  add<T>(l, 9, g30);
  add<T>(l, 1, g49);
}

/** S-box 2: 70 gates. */
// @ts-ignore: decorator
@inline
function box2<T>(l: usize, x0: T, x1: T, x2: T, x3: T, x4: T, x5: T): void {
  const g0 = not<T>(x5); const g1 = xor<T>(g0, x4); const g2 = xor<T>(g1, x0); const g3 = xor<T>(g2, x1);
  const g4 = and<T>(x4, x5); const g5 = not<T>(g4); const g6 = xor<T>(x4, g4); const g7 = and<T>(g6, x0);
  const g8 = xor<T>(g0, g7); const g9 = and<T>(g8, x1); const g10 = xor<T>(g5, g9); const g11 = and<T>(g10, x3);
  const g12 = xor<T>(g3, g11); const g13 = xor<T>(x5, g8); const g14 = and<T>(g13, x1); const g15 = xor<T>(x5, g14);
  const g16 = and<T>(g4, x3); const g17 = xor<T>(g15, g16); const g18 = and<T>(g17, x2); const g19 = xor<T>(g12, g18);
  const g20 = not<T>(x4); const g21 = and<T>(g5, x0); const g22 = xor<T>(g20, g21); const g23 = and<T>(g1, x0);
  const g24 = xor<T>(g5, g23); const g25 = and<T>(g24, x1); const g26 = xor<T>(g22, g25); const g27 = not<T>(x0);
  const g28 = or<T>(g20, g27); const g29 = xor<T>(g8, g24); const g30 = and<T>(g29, x1); const g31 = xor<T>(g28, g30);
  const g32 = and<T>(g31, x3); const g33 = xor<T>(g26, g32); const g34 = xor<T>(g13, g22); const g35 = xor<T>(g8, g27);
  const g36 = and<T>(g35, x1); const g37 = xor<T>(g34, g36); const g38 = xor<T>(g1, g23); const g39 = and<T>(x0, x1);
  const g40 = xor<T>(g38, g39); const g41 = and<T>(g40, x3); const g42 = xor<T>(g37, g41); const g43 = and<T>(g42, x2);
  const g44 = xor<T>(g33, g43); const g45 = xor<T>(x5, g22); const g46 = xor<T>(g23, g35); const g47 = and<T>(g46, x1);
  const g48 = xor<T>(g45, g47); const g49 = xor<T>(x4, g7); const g50 = or<T>(g49, x1); const g51 = and<T>(g50, x3);
  const g52 = xor<T>(g48, g51); const g53 = or<T>(g35, g10); const g54 = and<T>(g53, x2); const g55 = xor<T>(g52, g54);
  const g56 = xor<T>(g13, g23); const g57 = xor<T>(g56, g36); const g58 = or<T>(g5, x0); const g59 = and<T>(g34, g24);
  const g60 = and<T>(g59, x1); const g61 = xor<T>(g58, g60); const g62 = and<T>(g61, x3); const g63 = xor<T>(g57, g62);
  const g64 = and<T>(g45, g1); const g65 = and<T>(g59, g5); const g66 = and<T>(g65, x1); const g67 = xor<T>(g64, g66);
  const g68 = and<T>(g67, x2); const g69 = xor<T>(g63, g68);
  add<T>(l, 19, g55);
  add<T>(l, 4, g19);
  add<T>(l, 30, g44);
  add<T>(l, 14, g69);
}

/** S-box 3: 76 gates. */
// @ts-ignore: decorator
@inline
function box3<T>(l: usize, x0: T, x1: T, x2: T, x3: T, x4: T, x5: T): void {
  const g0 = xor<T>(x2, x5); const g1 = and<T>(x5, x2); const g2 = not<T>(x1); const g3 = and<T>(g1, g2);
  const g4 = xor<T>(g0, g3); const g5 = xor<T>(g4, x3); const g6 = not<T>(x2); const g7 = or<T>(x5, g6);
  const g8 = or<T>(g7, x1); const g9 = not<T>(x4); const g10 = and<T>(g8, g9); const g11 = xor<T>(g5, g10);
  const g12 = or<T>(x5, x1); const g13 = xor<T>(x5, g1); const g14 = and<T>(g0, g2); const g15 = xor<T>(g13, g14);
  const g16 = not<T>(x3); const g17 = and<T>(g15, g16); const g18 = xor<T>(g12, g17); const g19 = not<T>(g12);
  const g20 = xor<T>(g1, g19); const g21 = and<T>(g20, g16); const g22 = xor<T>(g19, g21); const g23 = and<T>(g22, g9);
  const g24 = xor<T>(g18, g23); const g25 = not<T>(x0); const g26 = and<T>(g24, g25); const g27 = xor<T>(g11, g26);
  const g28 = xor<T>(g4, g14); const g29 = and<T>(g2, g16); const g30 = xor<T>(g28, g29); const g31 = xor<T>(g0, g12);
  const g32 = or<T>(g31, g16); const g33 = and<T>(g32, g9); const g34 = xor<T>(g30, g33); const g35 = xor<T>(x5, g8);
  const g36 = and<T>(g7, x1); const g37 = and<T>(g36, g16); const g38 = xor<T>(g35, g37); const g39 = xor<T>(g0, g2);
  const g40 = xor<T>(x1, g20); const g41 = and<T>(g40, g16); const g42 = xor<T>(g39, g41); const g43 = and<T>(g42, g9);
  const g44 = xor<T>(g38, g43); const g45 = and<T>(g44, g25); const g46 = xor<T>(g34, g45); const g47 = xor<T>(g12, g13);
  const g48 = xor<T>(g47, g41); const g49 = xor<T>(x2, g7); const g50 = and<T>(g49, g16); const g51 = xor<T>(g7, g50);
  const g52 = and<T>(g51, g9); const g53 = xor<T>(g48, g52); const g54 = or<T>(g28, g20); const g55 = or<T>(g54, g16);
  const g56 = and<T>(g12, g6); const g57 = and<T>(g13, g16); const g58 = xor<T>(g56, g57); const g59 = and<T>(g58, g9);
  const g60 = xor<T>(g55, g59); const g61 = and<T>(g60, g25); const g62 = xor<T>(g53, g61); const g63 = xor<T>(g4, g7);
  const g64 = and<T>(g63, g16); const g65 = xor<T>(g39, g64); const g66 = xor<T>(g14, g39); const g67 = and<T>(g66, g9);
  const g68 = xor<T>(g65, g67); const g69 = not<T>(g64); const g70 = xor<T>(x2, g66); const g71 = xor<T>(g70, x3);
  const g72 = and<T>(g71, g9); const g73 = xor<T>(g69, g72); const g74 = and<T>(g73, g25); const g75 = xor<T>(g68, g74);
  add<T>(l, 8, g27);
  add<T>(l, 16, g62);
  add<T>(l, 2, g46);
  add<T>(l, 26, g75);
}

/** S-box 4: 55 gates. */
// @ts-ignore: decorator
@inline
function box4<T>(l: usize, x0: T, x1: T, x2: T, x3: T, x4: T, x5: T): void {
  const g0 = not<T>(x4); const g1 = xor<T>(g0, x2); const g2 = not<T>(x2); const g3 = and<T>(x4, g2);
  const g4 = and<T>(g3, x0); const g5 = xor<T>(g1, g4); const g6 = or<T>(g3, x0); const g7 = and<T>(g6, x3);
  const g8 = xor<T>(g5, g7); const g9 = not<T>(x0); const g10 = or<T>(g3, g9); const g11 = and<T>(g1, x0);
  const g12 = xor<T>(x2, g11); const g13 = and<T>(g12, x3); const g14 = xor<T>(g10, g13); const g15 = and<T>(g14, x1);
  const g16 = xor<T>(g8, g15); const g17 = xor<T>(g4, g12); const g18 = and<T>(g0, x3); const g19 = xor<T>(g17, g18);
  const g20 = xor<T>(x4, g12); const g21 = xor<T>(x2, g20); const g22 = and<T>(g21, x3); const g23 = xor<T>(g20, g22);
  const g24 = and<T>(g23, x1); const g25 = xor<T>(g19, g24); const g26 = xor<T>(g16, g25); const g27 = and<T>(g26, x5);
  const g28 = xor<T>(g16, g27); const g29 = xor<T>(x0, g3); const g30 = xor<T>(g2, g17); const g31 = and<T>(g30, x3);
  const g32 = xor<T>(g29, g31); const g33 = xor<T>(x2, g3); const g34 = xor<T>(g33, g4); const g35 = xor<T>(g34, g22);
  const g36 = and<T>(g35, x1); const g37 = xor<T>(g32, g36); const g38 = xor<T>(g1, g6); const g39 = and<T>(x4, x3);
  const g40 = xor<T>(g38, g39); const g41 = xor<T>(g2, g13); const g42 = and<T>(g41, x1); const g43 = xor<T>(g40, g42);
  const g44 = xor<T>(g37, g43); const g45 = and<T>(g44, x5); const g46 = xor<T>(g37, g45); const g47 = not<T>(g37);
  const g48 = xor<T>(g43, g47); const g49 = and<T>(g48, x5); const g50 = xor<T>(g43, g49); const g51 = not<T>(g25);
  const g52 = xor<T>(g51, g16); const g53 = and<T>(g52, x5); const g54 = xor<T>(g51, g53);
  add<T>(l, 6, g46);
  add<T>(l, 12, g50);
  add<T>(l, 22, g28);
  add<T>(l, 31, g54);
}

/** S-box 5: 81 gates. */
// @ts-ignore: decorator
@inline
function box5<T>(l: usize, x0: T, x1: T, x2: T, x3: T, x4: T, x5: T): void {
  const g0 = not<T>(x5); const g1 = xor<T>(g0, x2); const g2 = and<T>(x2, x0); const g3 = xor<T>(g1, g2);
  const g4 = not<T>(x0); const g5 = or<T>(x2, g4); const g6 = not<T>(x4); const g7 = and<T>(g5, g6); const g8 = xor<T>(g3, g7);
  const g9 = and<T>(x5, x2); const g10 = or<T>(g9, x0); const g11 = and<T>(g1, x0); const g12 = xor<T>(g9, g11);
  const g13 = and<T>(g12, g6); const g14 = xor<T>(g10, g13); const g15 = not<T>(x3); const g16 = and<T>(g14, g15);
  const g17 = xor<T>(g8, g16); const g18 = xor<T>(g10, g11); const g19 = or<T>(g18, x3); const g20 = not<T>(x1);
  const g21 = and<T>(g19, g20); const g22 = xor<T>(g17, g21); const g23 = xor<T>(g4, g18); const g24 = or<T>(g18, g3);
  const g25 = and<T>(g24, g6); const g26 = xor<T>(g23, g25); const g27 = xor<T>(g5, g11); const g28 = xor<T>(x2, g12);
  const g29 = and<T>(g28, g6); const g30 = xor<T>(g27, g29); const g31 = and<T>(g30, g15); const g32 = xor<T>(g26, g31);
  const g33 = xor<T>(x2, g24); const g34 = xor<T>(g4, g9); const g35 = and<T>(g34, g6); const g36 = xor<T>(g33, g35);
  const g37 = xor<T>(x5, g2); const g38 = xor<T>(x0, g27); const g39 = and<T>(g38, g6); const g40 = xor<T>(g37, g39);
  const g41 = and<T>(g40, g15); const g42 = xor<T>(g36, g41); const g43 = and<T>(g42, g20); const g44 = xor<T>(g32, g43);
  const g45 = xor<T>(g1, g38); const g46 = and<T>(g45, g6); const g47 = xor<T>(g33, g46); const g48 = xor<T>(g23, g45);
  const g49 = and<T>(g48, g6); const g50 = xor<T>(x2, g49); const g51 = and<T>(g50, g15); const g52 = xor<T>(g47, g51);
  const g53 = xor<T>(x2, g2); const g54 = xor<T>(x5, g24); const g55 = and<T>(g54, g6); const g56 = xor<T>(g53, g55);
  const g57 = xor<T>(x0, g5); const g58 = xor<T>(x0, x5); const g59 = and<T>(g58, g6); const g60 = xor<T>(g57, g59);
  const g61 = and<T>(g60, g15); const g62 = xor<T>(g56, g61); const g63 = and<T>(g62, g20); const g64 = xor<T>(g52, g63);
  const g65 = xor<T>(g12, g54); const g66 = and<T>(x2, g6); const g67 = xor<T>(g65, g66); const g68 = xor<T>(x2, g23);
  const g69 = or<T>(g68, g6); const g70 = and<T>(g69, g15); const g71 = xor<T>(g67, g70); const g72 = xor<T>(g11, g48);
  const g73 = or<T>(g72, x4); const g74 = xor<T>(x5, g68); const g75 = and<T>(g27, g6); const g76 = xor<T>(g74, g75);
  const g77 = and<T>(g76, g15); const g78 = xor<T>(g73, g77); const g79 = and<T>(g78, g20); const g80 = xor<T>(g71, g79);
  add<T>(l, 24, g44);
  add<T>(l, 18, g22);
  add<T>(l, 7, g80);
  add<T>(l, 29, g64);
}

/** S-box 6: 75 gates. */
// @ts-ignore: decorator
@inline
function box6<T>(l: usize, x0: T, x1: T, x2: T, x3: T, x4: T, x5: T): void {
  const g0 = not<T>(x5); const g1 = xor<T>(g0, x1); const g2 = xor<T>(g1, x0); const g3 = xor<T>(g2, x4);
  const g4 = or<T>(g1, x5); const g5 = and<T>(g1, x0); const g6 = xor<T>(g4, g5); const g7 = and<T>(x5, x1);
  const g8 = xor<T>(g7, g5); const g9 = not<T>(x4); const g10 = and<T>(g8, g9); const g11 = xor<T>(g6, g10);
  const g12 = and<T>(g11, x3); const g13 = xor<T>(g3, g12); const g14 = xor<T>(x5, g4); const g15 = not<T>(x0);
  const g16 = or<T>(g14, g15); const g17 = and<T>(g16, g9); const g18 = xor<T>(x0, g17); const g19 = xor<T>(g5, g16);
  const g20 = and<T>(g15, g9); const g21 = xor<T>(g19, g20); const g22 = and<T>(g21, x3); const g23 = xor<T>(g18, g22);
  const g24 = and<T>(g23, x2); const g25 = xor<T>(g13, g24); const g26 = xor<T>(g1, g15); const g27 = and<T>(g15, g0);
  const g28 = and<T>(g27, g9); const g29 = xor<T>(g26, g28); const g30 = xor<T>(g19, g27); const g31 = or<T>(g30, x4);
  const g32 = and<T>(g31, x3); const g33 = xor<T>(g29, g32); const g34 = xor<T>(x0, g30); const g35 = and<T>(g34, g9);
  const g36 = xor<T>(x1, g35); const g37 = and<T>(g6, x1); const g38 = and<T>(g0, g9); const g39 = xor<T>(g37, g38);
  const g40 = and<T>(g39, x3); const g41 = xor<T>(g36, g40); const g42 = and<T>(g41, x2); const g43 = xor<T>(g33, g42);
  const g44 = xor<T>(x5, g8); const g45 = xor<T>(x0, g7); const g46 = and<T>(g45, g9); const g47 = xor<T>(g44, g46);
  const g48 = or<T>(g8, g2); const g49 = or<T>(g48, g9); const g50 = and<T>(g49, x3); const g51 = xor<T>(g47, g50);
  const g52 = or<T>(g15, g4); const g53 = xor<T>(g1, g34); const g54 = and<T>(g53, g9); const g55 = xor<T>(g52, g54);
  const g56 = and<T>(g55, x2); const g57 = xor<T>(g51, g56); const g58 = xor<T>(x5, g34); const g59 = xor<T>(g58, x4);
  const g60 = xor<T>(g4, g27); const g61 = xor<T>(g7, g34); const g62 = and<T>(g61, g9); const g63 = xor<T>(g60, g62);
  const g64 = and<T>(g63, x3); const g65 = xor<T>(g59, g64); const g66 = xor<T>(x1, g19); const g67 = and<T>(x0, g9);
  const g68 = xor<T>(g66, g67); const g69 = xor<T>(x1, g7); const g70 = xor<T>(g69, g28); const g71 = and<T>(g70, x3);
  const g72 = xor<T>(g68, g71); const g73 = and<T>(g72, x2); const g74 = xor<T>(g65, g73);
  add<T>(l, 28, g43);
  add<T>(l, 3, g25);
  add<T>(l, 21, g57);
  add<T>(l, 13, g74);
}

/** S-box 7: 73 gates. */
// @ts-ignore: decorator
@inline
function box7<T>(l: usize, x0: T, x1: T, x2: T, x3: T, x4: T, x5: T): void {
  const g0 = xor<T>(x1, x3); const g1 = not<T>(x1); const g2 = or<T>(x3, g1); const g3 = xor<T>(g0, g2);
  const g4 = and<T>(g3, x4); const g5 = xor<T>(g0, g4); const g6 = xor<T>(g5, x2); const g7 = and<T>(x3, x4);
  const g8 = xor<T>(g3, g7); const g9 = and<T>(g8, x2); const g10 = xor<T>(g4, g9); const g11 = and<T>(g10, x5);
  const g12 = xor<T>(g6, g11); const g13 = xor<T>(g1, g2); const g14 = or<T>(g13, x4); const g15 = not<T>(x4);
  const g16 = and<T>(g1, g15); const g17 = and<T>(g16, x2); const g18 = xor<T>(g14, g17); const g19 = xor<T>(g8, g16);
  const g20 = and<T>(g19, x2); const g21 = xor<T>(g15, g20); const g22 = and<T>(g21, x5); const g23 = xor<T>(g18, g22);
  const g24 = and<T>(g23, x0); const g25 = xor<T>(g12, g24); const g26 = xor<T>(x4, g13); const g27 = xor<T>(g0, g8);
  const g28 = and<T>(g27, x2); const g29 = xor<T>(g26, g28); const g30 = not<T>(x2); const g31 = or<T>(g27, g30);
  const g32 = and<T>(g31, x5); const g33 = xor<T>(g29, g32); const g34 = xor<T>(g0, g14); const g35 = xor<T>(x3, g19);
  const g36 = and<T>(g35, x2); const g37 = xor<T>(g34, g36); const g38 = xor<T>(g7, g15); const g39 = xor<T>(g38, g28);
  const g40 = and<T>(g39, x5); const g41 = xor<T>(g37, g40); const g42 = and<T>(g41, x0); const g43 = xor<T>(g33, g42);
  const g44 = xor<T>(g1, g38); const g45 = and<T>(g8, g2); const g46 = and<T>(g45, x2); const g47 = xor<T>(g44, g46);
  const g48 = xor<T>(g14, g15); const g49 = and<T>(g48, x5); const g50 = xor<T>(g47, g49); const g51 = or<T>(g45, g44);
  const g52 = xor<T>(g0, g7); const g53 = and<T>(g52, x2); const g54 = xor<T>(g51, g53); const g55 = not<T>(x5);
  const g56 = or<T>(g54, g55); const g57 = and<T>(g56, x0); const g58 = xor<T>(g50, g57); const g59 = xor<T>(g8, g44);
  const g60 = and<T>(x1, x2); const g61 = xor<T>(g59, g60); const g62 = xor<T>(g2, g48); const g63 = and<T>(g7, x2);
  const g64 = xor<T>(g62, g63); const g65 = and<T>(g64, x5); const g66 = xor<T>(g61, g65); const g67 = xor<T>(g29, g61);
  const g68 = xor<T>(g48, g60); const g69 = and<T>(g68, x5); const g70 = xor<T>(g67, g69); const g71 = and<T>(g70, x0);
  const g72 = xor<T>(g66, g71);
  add<T>(l, 0, g43);
  add<T>(l, 20, g72);
  add<T>(l, 10, g25);
  add<T>(l, 25, g58);
}

/** S-box 8: 69 gates. */
// @ts-ignore: decorator
@inline
function box8<T>(l: usize, x0: T, x1: T, x2: T, x3: T, x4: T, x5: T): void {
  const g0 = not<T>(x4); const g1 = or<T>(x2, g0); const g2 = xor<T>(g1, x3); const g3 = not<T>(x3); const g4 = and<T>(g0, g3);
  const g5 = xor<T>(x2, g4); const g6 = and<T>(g5, x1); const g7 = xor<T>(g2, g6); const g8 = xor<T>(g7, x5);
  const g9 = xor<T>(x4, g1); const g10 = not<T>(x2); const g11 = and<T>(g10, g3); const g12 = xor<T>(g9, g11);
  const g13 = xor<T>(x2, x4); const g14 = or<T>(g13, x3); const g15 = and<T>(g14, x1); const g16 = xor<T>(g12, g15);
  const g17 = xor<T>(g4, g10); const g18 = and<T>(g17, x1); const g19 = xor<T>(g13, g18); const g20 = xor<T>(g16, g19);
  const g21 = and<T>(g20, x5); const g22 = xor<T>(g16, g21); const g23 = and<T>(g22, x0); const g24 = xor<T>(g8, g23);
  const g25 = xor<T>(g2, g12); const g26 = xor<T>(x2, g14); const g27 = and<T>(g26, x1); const g28 = xor<T>(g25, g27);
  const g29 = or<T>(g3, g0); const g30 = and<T>(g29, x1); const g31 = xor<T>(g17, g30); const g32 = xor<T>(g28, g31);
  const g33 = and<T>(g32, x5); const g34 = xor<T>(g28, g33); const g35 = xor<T>(g4, g20); const g36 = or<T>(g19, x4);
  const g37 = xor<T>(g35, g36); const g38 = and<T>(g37, x5); const g39 = xor<T>(g35, g38); const g40 = and<T>(g39, x0);
  const g41 = xor<T>(g34, g40); const g42 = xor<T>(g12, g26); const g43 = xor<T>(g42, x1); const g44 = xor<T>(g15, g42);
  const g45 = xor<T>(g43, g44); const g46 = and<T>(g45, x5); const g47 = xor<T>(g43, g46); const g48 = xor<T>(g16, g37);
  const g49 = or<T>(g31, g0); const g50 = xor<T>(g48, g49); const g51 = and<T>(g50, x5); const g52 = xor<T>(g48, g51);
  const g53 = and<T>(g52, x0); const g54 = xor<T>(g47, g53); const g55 = xor<T>(g5, g30); const g56 = or<T>(g25, g11);
  const g57 = xor<T>(x3, g5); const g58 = and<T>(g57, x1); const g59 = xor<T>(g56, g58); const g60 = xor<T>(g55, g59);
  const g61 = and<T>(g60, x5); const g62 = xor<T>(g55, g61); const g63 = or<T>(g37, x1); const g64 = xor<T>(g36, g63);
  const g65 = and<T>(g64, x5); const g66 = xor<T>(g36, g65); const g67 = and<T>(g66, x0); const g68 = xor<T>(g62, g67);
  add<T>(l, 27, g41);
  add<T>(l, 5, g24);
  add<T>(l, 17, g54);
  add<T>(l, 11, g68);
}

/**
 * l ^= f(r, key) in all blocks. `key` is where the round key stands as des_polynomials.ts lays it out; for vectors, where it
 * stands spread: 64 octets, 0 or 255, one for each of its bits.
 */
export function roundOfAll<T>(l: usize, r: usize, key: usize): void {
  const word: u64 = isVector<T>() ? 0 : load<u64>(key);
  box1<T>(
    l, input<T>(r, key, word, 0, 32), input<T>(r, key, word, 31, 31), input<T>(r, key, word, 30, 30),
    input<T>(r, key, word, 29, 29), input<T>(r, key, word, 28, 28), input<T>(r, key, word, 27, 59),
  );
  box2<T>(
    l, input<T>(r, key, word, 28, 60), input<T>(r, key, word, 27, 27), input<T>(r, key, word, 26, 26),
    input<T>(r, key, word, 25, 25), input<T>(r, key, word, 24, 24), input<T>(r, key, word, 23, 55),
  );
  box3<T>(
    l, input<T>(r, key, word, 24, 56), input<T>(r, key, word, 23, 23), input<T>(r, key, word, 22, 22),
    input<T>(r, key, word, 21, 21), input<T>(r, key, word, 20, 20), input<T>(r, key, word, 19, 51),
  );
  box4<T>(
    l, input<T>(r, key, word, 20, 52), input<T>(r, key, word, 19, 19), input<T>(r, key, word, 18, 18),
    input<T>(r, key, word, 17, 17), input<T>(r, key, word, 16, 16), input<T>(r, key, word, 15, 47),
  );
  box5<T>(
    l, input<T>(r, key, word, 16, 48), input<T>(r, key, word, 15, 15), input<T>(r, key, word, 14, 14),
    input<T>(r, key, word, 13, 13), input<T>(r, key, word, 12, 12), input<T>(r, key, word, 11, 43),
  );
  box6<T>(
    l, input<T>(r, key, word, 12, 44), input<T>(r, key, word, 11, 11), input<T>(r, key, word, 10, 10),
    input<T>(r, key, word, 9, 9), input<T>(r, key, word, 8, 8), input<T>(r, key, word, 7, 39),
  );
  box7<T>(
    l, input<T>(r, key, word, 8, 40), input<T>(r, key, word, 7, 7), input<T>(r, key, word, 6, 6),
    input<T>(r, key, word, 5, 5), input<T>(r, key, word, 4, 4), input<T>(r, key, word, 3, 35),
  );
  box8<T>(
    l, input<T>(r, key, word, 4, 36), input<T>(r, key, word, 3, 3), input<T>(r, key, word, 2, 2),
    input<T>(r, key, word, 1, 1), input<T>(r, key, word, 0, 0), input<T>(r, key, word, 31, 63),
  );
}
