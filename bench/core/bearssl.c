/*
 * BearSSL's constant-time code (Debian's armhf build): lines  NAME KEY IV DATA  on standard input, the result on standard output.
 * Modulus, exponent and base of a power, scalar and point of a curve stand in those three places.
 */
#include <bearssl.h>

#include "guest.h"

static uint8_t key[1024], iv[1024], text[8192], data[8192], out[64];

int main(void)
{
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *name = strtok(line, " \n");
        size_t key_length = octets(key, word()), iv_length = octets(iv, word()), length = octets(text, word());
#define COPY memcpy(data, text, length)
        if (strcmp(name, "aes-cbc-encrypt") == 0) {
            br_aes_ct_cbcenc_keys keys;
            uint8_t chain[16];
            br_aes_ct_cbcenc_init(&keys, key, key_length);
            COUNTED((COPY, memcpy(chain, iv, 16)), br_aes_ct_cbcenc_run(&keys, chain, data, length));
            show(data, length);
        } else if (strcmp(name, "aes-cbc-decrypt") == 0) {
            br_aes_ct_cbcdec_keys keys;
            uint8_t chain[16];
            br_aes_ct_cbcdec_init(&keys, key, key_length);
            COUNTED((COPY, memcpy(chain, iv, 16)), br_aes_ct_cbcdec_run(&keys, chain, data, length));
            show(data, length);
        } else if (strcmp(name, "aes-gcm-seal") == 0) {
            br_aes_ct_ctr_keys keys;
            br_gcm_context gcm;
            br_aes_ct_ctr_init(&keys, key, key_length);
            br_gcm_init(&gcm, &keys.vtable, br_ghash_ctmul32);
            COUNTED(COPY, (br_gcm_reset(&gcm, iv, iv_length), br_gcm_flip(&gcm), br_gcm_run(&gcm, 1, data, length), br_gcm_get_tag(&gcm, data + length)));
            show(data, length + 16);
        } else if (strcmp(name, "3des-cbc-encrypt") == 0 || strcmp(name, "3des-cbc-decrypt") == 0) {
            uint8_t chain[8];
            if (name[9] == 'e') {
                br_des_ct_cbcenc_keys keys;
                br_des_ct_cbcenc_init(&keys, key, key_length);
                COUNTED((COPY, memcpy(chain, iv, 8)), br_des_ct_cbcenc_run(&keys, chain, data, length));
            } else {
                br_des_ct_cbcdec_keys keys;
                br_des_ct_cbcdec_init(&keys, key, key_length);
                COUNTED((COPY, memcpy(chain, iv, 8)), br_des_ct_cbcdec_run(&keys, chain, data, length));
            }
            show(data, length);
        } else if (strncmp(name, "hmac-", 5) == 0) {
            br_hmac_key_context keys;
            br_hmac_context hmac;
            const br_hash_class *hash = strcmp(name + 5, "sha1") == 0 ? &br_sha1_vtable : &br_sha256_vtable;
            br_hmac_key_init(&keys, hash, key, key_length);
            COUNTED(, (br_hmac_init(&hmac, &keys, 0), br_hmac_update(&hmac, text, length), br_hmac_out(&hmac, out)));
            show(out, br_hmac_size(&hmac));
        } else if (strcmp(name, "sha1") == 0) {
            br_sha1_context context;
            COUNTED(, (br_sha1_init(&context), br_sha1_update(&context, text, length), br_sha1_out(&context, out)));
            show(out, 20);
        } else if (strcmp(name, "sha256") == 0) {
            br_sha256_context context;
            COUNTED(, (br_sha256_init(&context), br_sha256_update(&context, text, length), br_sha256_out(&context, out)));
            show(out, 32);
        } else if (strcmp(name, "modexp") == 0) {
            br_rsa_public_key power = { .n = key, .nlen = key_length, .e = iv, .elen = iv_length };
            COUNTED(COPY, br_rsa_i31_public(data, length, &power));
            show(data, length);
        } else if (strcmp(name, "p256") == 0) {
            /* x and y behind an octet that says so. */
            data[0] = 4;
            COUNTED(memcpy(data + 1, text, length), br_ec_p256_m31.mul(data, length + 1, key, key_length, BR_EC_secp256r1));
            show(data + 1, 32);
        } else if (strcmp(name, "x25519") == 0) {
            COUNTED(COPY, br_ec_c25519_m31.mul(data, length, key, 32, BR_EC_curve25519));
            show(data, 32);
        } else
            show(data, 0);
    }
    return 0;
}
