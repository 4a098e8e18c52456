import ssl

from bwtop.demo.certificate import make_certificate
from bwtop.demo.ed25519 import public_key, sign

# RFC 8032, 7.1, test 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signs_as_the_standard_has_it() -> None:
    assert public_key(SEED).hex() == KEY
    assert sign(SEED, b"\x72").hex() == SIGNATURE


def test_a_certificate_is_its_own_authority_even_to_strict_clients() -> None:
    made = make_certificate()
    client = ssl.create_default_context(cadata=made.certificate)
    client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    sides = [(ssl.MemoryBIO(), ssl.MemoryBIO()) for _ in range(1)]
    to_client, to_server = sides[0]
    server_end = made.context().wrap_bio(to_server, to_client, server_side=True)
    client_end = client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    for _ in range(3):
        for end in (client_end, server_end):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client_end.getpeercert()["subject"] == ((("commonName", "bwtop demo"),),)


def test_no_two_are_alike() -> None:
    assert make_certificate() != make_certificate()
