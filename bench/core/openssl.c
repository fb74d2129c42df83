/*
 * OpenSSL (Debian's armhf build) through EVP, as bearssl.c: lines  NAME KEY IV DATA  on standard input, the result on standard output.
 * Keys are set up beforehand; a packet begins with its IV.
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "guest.h"

static uint8_t key[1024], iv[1024], text[8192], data[8192];

int main(void)
{
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *name = strtok(line, " \n");
        size_t key_length = octets(key, word()), iv_length = octets(iv, word()), length = octets(text, word());
        int n = 0;
        unsigned size = 0;
        if (strstr(name, "-cbc-") != NULL) {
            EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
            const EVP_CIPHER *cipher = name[0] == '3' ? EVP_des_ede3_cbc() : key_length == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
            EVP_CipherInit_ex(context, cipher, NULL, key, iv, strstr(name, "encrypt") != NULL);
            EVP_CIPHER_CTX_set_padding(context, 0);
            COUNTED(, (EVP_CipherInit_ex(context, NULL, NULL, NULL, iv, -1), EVP_CipherUpdate(context, data, &n, text, (int)length)));
            show(data, length);
            EVP_CIPHER_CTX_free(context);
        } else if (strcmp(name, "aes-gcm-seal") == 0) {
            EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
            EVP_EncryptInit_ex(context, key_length == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(), NULL, key, iv);
            COUNTED(, (EVP_EncryptInit_ex(context, NULL, NULL, NULL, iv), EVP_EncryptUpdate(context, data, &n, text, (int)length), EVP_EncryptFinal_ex(context, data + length, &n),
                       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, data + length)));
            show(data, length + 16);
            EVP_CIPHER_CTX_free(context);
        } else if (strncmp(name, "hmac-", 5) == 0) {
            HMAC_CTX *context = HMAC_CTX_new();
            HMAC_Init_ex(context, key, (int)key_length, strcmp(name + 5, "sha1") == 0 ? EVP_sha1() : EVP_sha256(), NULL);
            COUNTED(, (HMAC_Init_ex(context, NULL, 0, NULL, NULL), HMAC_Update(context, text, length), HMAC_Final(context, data, &size)));
            show(data, size);
            HMAC_CTX_free(context);
        } else if (strncmp(name, "sha", 3) == 0) {
            EVP_MD_CTX *context = EVP_MD_CTX_new();
            const EVP_MD *md = strcmp(name, "sha1") == 0 ? EVP_sha1() : EVP_sha256();
            EVP_DigestInit_ex(context, md, NULL);
            COUNTED(, (EVP_DigestInit_ex(context, NULL, NULL), EVP_DigestUpdate(context, text, length), EVP_DigestFinal_ex(context, data, &size)));
            show(data, size);
            EVP_MD_CTX_free(context);
        } else if (strcmp(name, "modexp") == 0) {
            BN_CTX *context = BN_CTX_new();
            BIGNUM *m = BN_bin2bn(key, (int)key_length, NULL), *e = BN_bin2bn(iv, (int)iv_length, NULL), *b = BN_bin2bn(text, (int)length, NULL), *r = BN_new();
            COUNTED(, BN_mod_exp_mont_consttime(r, b, e, m, context, NULL));
            BN_bn2binpad(r, data, (int)key_length);
            show(data, key_length);
        } else if (strcmp(name, "p256") == 0) {
            BN_CTX *context = BN_CTX_new();
            EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
            EC_POINT *point = EC_POINT_new(group), *result = EC_POINT_new(group);
            BIGNUM *scalar = BN_bin2bn(key, (int)key_length, NULL), *x = BN_new();
            memmove(text + 1, text, length);
            text[0] = 4;
            EC_POINT_oct2point(group, point, text, length + 1, context);
            COUNTED(, (EC_POINT_mul(group, result, NULL, point, scalar, context), EC_POINT_get_affine_coordinates(group, result, x, NULL, context)));
            BN_bn2binpad(x, data, 32);
            show(data, 32);
        } else if (strcmp(name, "x25519") == 0) {
            EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, key, 32), *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, text, 32);
            EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(mine, NULL);
            size_t secret = 32;
            EVP_PKEY_derive_init(context);
            EVP_PKEY_derive_set_peer(context, peer);
            COUNTED(, EVP_PKEY_derive(context, data, &secret));
            show(data, 32);
        } else
            show(data, 0);
    }
    return 0;
}
