// Constant time of AES-CTR, AES-GCM, AES-CCM, AES-GMAC, AES-XCBC-MAC, AES-CMAC, of CBC over several texts and of ChaCha20-Poly1305: as
// trace.test.ts.
import { at, constant, p, secret } from "./constant.ts";

const [CTX, NONCE, KEY, AAD, ICV, MESSAGE, OUT, DATA] = [0, 1024, 2048, 3072, 4096, 5120, 6144, 8192];

for (const key of [16, 24, 32]) {
  constant(`AES-${key * 8}-GCM key`, 12, (run) => p.put(KEY, secret(run, key)), () => p.call("gcmKey", at(CTX), at(KEY), key));
  for (const length of [0, 40, 64, 333, 2100]) {
    const arrange = (run: number, kind: string): void => {
      p.call(`${kind}Key`, at(CTX), p.put(KEY, secret(run, key)), key);
      p.put(NONCE, secret((run * 5) % 7, 12));
      p.put(AAD, secret(run + 1, 12));
      p.put(DATA, secret((run * 3) % 5, length));
    };
    constant(`AES-${key * 8}-CTR, ${length} bytes`, 8, (run) => arrange(run, "ctr"), () => p.call("ctrEsp", at(CTX), at(NONCE), at(NONCE + 4), at(DATA), length));
    constant(`AES-${key * 8}-GCM sealed, ${length} bytes`, 8, (run) => arrange(run, "gcm"), () => p.call("gcmSeal", at(CTX), at(NONCE), at(AAD), 12, at(DATA), length, at(ICV), 16));
    constant(`AES-${key * 8}-CCM sealed, ${length} bytes`, 8, (run) => arrange(run, "ccm"), () => p.call("ccmSeal", at(CTX), at(NONCE), 11, at(AAD), 12, at(DATA), length, at(ICV), 16));
    // That an ICV is wrong is no secret; where it is wrong is one.
    for (const right of [true, false]) {
      constant(
        `AES-${key * 8}-CCM opened, ${length} bytes, ICV ${right ? "right" : "wrong"}`,
        8,
        (run) => {
          arrange(run, "ccm");
          p.call("ccmSeal", at(CTX), at(NONCE), 11, at(AAD), 12, at(DATA), length, at(ICV), 16);
          if (!right) p.put(ICV + run, Uint8Array.of(p.get(ICV + run, 1)[0]! ^ (1 << run)));
        },
        () => p.call("ccmOpen", at(CTX), at(NONCE), 11, at(AAD), 12, at(DATA), length, at(ICV), 16),
      );
      constant(
        `AES-${key * 8}-GCM opened, ${length} bytes, ICV ${right ? "right" : "wrong"}`,
        8,
        (run) => {
          arrange(run, "gcm");
          p.call("gcmSeal", at(CTX), at(NONCE), at(AAD), 12, at(DATA), length, at(ICV), 16);
          if (!right) p.put(ICV + run, Uint8Array.of(p.get(ICV + run, 1)[0]! ^ (1 << run)));
        },
        () => p.call("gcmOpen", at(CTX), at(NONCE), at(AAD), 12, at(DATA), length, at(ICV), 16),
      );
    }
  }
}

for (const length of [0, 15, 16, 17, 700]) {
  constant(
    `AES-XCBC-MAC, ${length} bytes`,
    8,
    (run) => {
      p.put(KEY, secret(run, 16));
      p.put(DATA, secret((run * 3) % 5, length));
    },
    () => {
      p.call("xcbcKey", at(CTX), at(KEY));
      p.call("xcbcStart", at(MESSAGE));
      p.call("xcbcUpdate", at(CTX), at(MESSAGE), at(DATA), length);
      p.call("xcbcFinal", at(CTX), at(MESSAGE), at(OUT));
    },
  );
}
for (const key of [10, 16, 18]) {
  constant(`AES-XCBC-PRF, a key of ${key} bytes`, 8, (run) => p.put(KEY, secret(run, key)), () => p.call("xcbcPrf", at(KEY), key, at(DATA), 20, at(OUT)));
}

for (const length of [0, 16, 20, 333]) {
  constant(
    `AES-CMAC, ${length} bytes`,
    8,
    (run) => {
      p.put(KEY, secret(run, 16));
      p.put(DATA, secret((run * 3) % 5, length));
    },
    () => {
      p.call("cmacKey", at(CTX), at(KEY), 16);
      p.call("cmacStart", at(MESSAGE));
      p.call("cmacUpdate", at(CTX), at(MESSAGE), at(DATA), length);
      p.call("cmacFinal", at(CTX), at(MESSAGE), at(OUT));
    },
  );
  constant(
    `AES-GMAC, ${length} bytes`,
    8,
    (run) => {
      p.put(KEY, secret(run, 16));
      p.put(NONCE, secret((run * 5) % 7, 12));
      p.put(DATA, secret((run * 3) % 5, length));
    },
    () => {
      p.call("gcmKey", at(CTX), at(KEY), 16);
      p.call("gmacStart", at(MESSAGE), at(NONCE));
      p.call("gmacUpdate", at(CTX), at(MESSAGE), at(DATA), length);
      p.call("gmacFinal", at(CTX), at(MESSAGE), at(OUT));
    },
  );
}

for (const count of [2, 3, 4, 5]) {
  constant(
    `AES-CBC over ${count} texts at once`,
    8,
    (run) => {
      for (let i = 0; i < count; i++) {
        const place = DATA + i * 2048;
        p.call("ctrKey", at(place), p.put(KEY, secret((run + i) % 8, 16)), 16);
        p.put(place + 256, secret((run * 5 + i) % 7, 16));
        p.put(place + 512, secret((run * 3 + i) % 5, 160 + 16 * i));
        const list = Buffer.alloc(16);
        [at(place), at(place + 256), at(place + 512), 160 + 16 * i].forEach((word, n) => list.writeUInt32LE(word, 4 * n));
        p.put(AAD + 16 * i, list);
      }
    },
    () => p.call("aesEncryptMany", at(AAD), count),
  );
}

for (const length of [0, 40, 64, 333, 600]) {
  const arrange = (run: number): void => {
    p.call("chachaPolyKey", at(CTX), p.put(KEY, secret(run, 32)), 32);
    p.put(NONCE, secret((run * 5) % 7, 12));
    p.put(AAD, secret(run + 1, 12));
    p.put(DATA, secret((run * 3) % 5, length));
  };
  const seal = () => p.call("chachaPolySeal", at(CTX), at(NONCE), at(AAD), 12, at(DATA), length, at(ICV));
  constant(`ChaCha20-Poly1305 sealed, ${length} bytes`, 8, arrange, seal);
  for (const right of [true, false]) {
    constant(
      `ChaCha20-Poly1305 opened, ${length} bytes, ICV ${right ? "right" : "wrong"}`,
      8,
      (run) => {
        arrange(run);
        seal();
        if (!right) p.put(ICV + run, Uint8Array.of(p.get(ICV + run, 1)[0]! ^ (1 << run)));
      },
      () => p.call("chachaPolyOpen", at(CTX), at(NONCE), at(AAD), 12, at(DATA), length, at(ICV)),
    );
  }
}
