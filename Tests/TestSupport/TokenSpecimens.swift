/// Tokens of every kind, and the keys that prove them; the private ones are gone or guard nothing.
package enum TokenSpecimens {
  /// The clock at which they are good, in seconds.
  package static let now: Int64 = 1_740_787_100
  package static let issuer = "https://issuer.example"

  /// The private key `rsa` of the set below.
  package static let rsaPEM = ThrowawayKey.framed(
    """
    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCcerGv+hdNFSnz
    714rZzrBnCpR0ZplUu+vM39SF1S5psdYqS1/lICzvfRtnTFb4Bw/YEFODVF3Egid
    1xwzmr52Xy+PplXsbNxjcEO2c/pESynrhh/eDAVbil2Yqc72cp0B2vjrQATZaewW
    oj63MJrXpCIA7HLGzfKbHa7rn48AKPCqVpYj8iv6tOydiSOIUtmn7U97n3Q+tusN
    6UoGXWVAL9+8EMPINDm48epXLFv8IPBwDrbcj0O7txXSZwgNfKsVspiU4AE+Uc7u
    av9pLw/cCj0IjO3HLEGszT3Y3N1564kwbhI+dROZqQcNhMq97mTmztA6mgxNm8wO
    w3kTMzUZAgMBAAECggEABoTok/ivAZW/A5QOh++jL6eETlgVjwDdbj7OoEKLU7g+
    cCPNOtZapdJlRW9R+/5KYvwNQHWW1id8zymj+cTpyDf3POx8wi63YFewJIDwtWlt
    v8uc1oUI8JtDQr3ZWuRjxOzk57UpNo8eiENeakamvtLuXTw8nGp+X+bEz7l8LVEW
    opJufAGc16Lfgax9FUAuGUKFMiNDv1mPqezpL0V/Yax8Gs/13YdrPLlzW1GuxAeP
    9mfWmKlt6ybgUPpR5QEwJUnHbqQRw8mx3E2BlmXwQC6JmTe53MWNWFS7QGlCdo8X
    asDeKeW4hRz7kD2PUm/uPuy7+qvgaopbWroHHMNh0QKBgQDR45Xtq4/gzz1zCNsZ
    yc6+spYHosDkIFESW0WP6A7upCrTaNbY33puGMGkIG5Yk9Ufl4rvxXrFpuGcI2lM
    62ELR8tXmxvlrOYjvboMR9RDdBy2688ZcF62BTvQqWVJIpsF3Nxkn2VWizg/Q+Vo
    FZXoW1EcpmTRyKBueNPnl62nsQKBgQC+20eezpxSY7DXuSEmupCu6tQjUxPaVK3s
    V39xe/GmZjbJAEEV1yd+PKILYKk2zZu2OI4vU+2KFjZwGTtd4cTh00c1T15pDPcE
    cDDiQzAZqidq9+AIWkexMWZcBpMxHPSbY/NKR/sheiupqHGE51olMpK/dcvbiV/u
    2+dPHrkl6QKBgCK1tlelpZeR7iGV91Xeb9hNhE4i9i9DwOR+P5S61a1VbNelYNJg
    ssh+Q5e23Ui8ueQNlaZtTA5fuLOvj3xu+I97Af+s4QIsg6qpd5kMT+gPzafae1dD
    pAYJ+4hYWy2rEWP40GG7knCreVPNEKUT3MSeRV2tjsK6oP1j8fc8uDUhAoGBAIRc
    uTf23Ez7XGrPtqEQZEUbERKKjEsvzQsKx5Thu36GhtoxdfH6rCYNUOiJGfGq+KGQ
    aXODRkstCoYFyblbWVqwV0MujzBV0H5gfFZ++D3kVsAFtna0feHye6W43Z4DEdUu
    pUzPzOezvdJEwq3EcS04/LMRs9bGWCTkl2+0w/z5AoGAVuvFwKVABpYSFBPo8YXt
    mcurQWdrKuZSJiFdHDRNNyxxi0cqR9Z3EOn68lQ0NBLi8yYkVPEMheVcBQIInN5Q
    v4kDceUExjkY4tR+SE+aqPg58hOcZRC3f50urc3jDu+338+ORFKwln9YBfBeiE0i
    CZluAXsMW2a/GJX1lt/szxE=
    """)

  /// What the issuer publishes.
  package static let keys =
    #"{"keys":["# + [rsaKey, p256Key, p384Key, edKey].joined(separator: ",") + "]}"

  package static let rsaKey =
    #"{"kty":"RSA","kid":"rsa","n":"nHqxr_oXTRUp8-9eK2c6wZwqUdGaZVLvrzN_UhdUuabHWKktf5SAs7"#
    + #"30bZ0xW-AcP2BBTg1RdxIIndccM5q-dl8vj6ZV7GzcY3BDtnP6REsp64Yf3gwFW4pdmKnO9nKdAdr460AE2W"#
    + #"nsFqI-tzCa16QiAOxyxs3ymx2u65-PACjwqlaWI_Ir-rTsnYkjiFLZp-1Pe590PrbrDelKBl1lQC_fvBDDyD"#
    + #"Q5uPHqVyxb_CDwcA623I9Du7cV0mcIDXyrFbKYlOABPlHO7mr_aS8P3Ao9CIztxyxBrM092NzdeeuJMG4SPn"#
    + #"UTmakHDYTKve5k5s7QOpoMTZvMDsN5EzM1GQ","e":"AQAB","use":"sig"}"#

  package static let p256Key =
    #"{"kty":"EC","crv":"P-256","kid":"P-256","x":"CMhgDsgN5JGmMhZ4C2v-R7ERF9mPxRA3s7eY7tl"#
    + #"P1j0","y":"A7NfVjNB6NTbXSHZHbIWO51gqqPoVUomiqDpUKc-_TE"}"#

  package static let p384Key =
    #"{"kty":"EC","crv":"P-384","kid":"P-384","x":"arJEzn7DJL-mjnrH-MlddFfK0QgxrNMZrxyc1dm"#
    + #"66P_wmdzqcdvUSxtUd6r8s49R","y":"wgTXS9siJHhcfiY8_AGzkdrLODFRF0g242JJ9bjTIJYxFtgjJIuy"#
    + #"hC4dlteZdSGj"}"#

  package static let edKey =
    #"{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"3bk46t1G63D6xFLtCE-XLW6foDzozWftAMTkO9c"#
    + #"Md74","alg":"EdDSA"}"#

  /// One a way of signing.
  package static let tokens: [(algorithm: String, token: String)] = [
    (
      "RS256",
      "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5"
        + "leGFtcGxlIiwiYXVkIjoiYW55bGxtIiwic3ViIjoidXNlci0xIiwiaWF0IjoxNzQwNzg3MDAwLCJleHAiOjE"
        + "3NDA3ODc1MDB9.RhTrMzwejoaaBV55_lWvWycnfF3sJNkxMKFYdjS7uIp2-WtNDJg3T8Zt84JNpNoxkr6kfD"
        + "RhdD4Sw9lWvdDdaqfQLfj8lTO3UL99MhWSMeZgba8o_vi9O5aQYcr9I6iBubl0-wDSjCt9QVsCMBahpY8Kz1"
        + "2eNABQwtM9pELpTE4jTWdqVobw97AWImne4Yp0ZjAVd9MskY-ntAsA9TrK921dKPa1MRTOk9YfA5UVteoRUj"
        + "xVTQ_6R19WUYDSueEUugIvcSlqYc9xXQWD3AWa2-_86wpBNoTqZMsiJ1D8MFukcwk2OBc1qRJJssrTWvPijY"
        + "apTn9rjeayW5-qYAaOxg"
    ),
    (
      "RS384",
      "eyJhbGciOiJSUzM4NCIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5"
        + "leGFtcGxlIiwiYXVkIjoiYW55bGxtIiwic3ViIjoidXNlci0xIiwiaWF0IjoxNzQwNzg3MDAwLCJleHAiOjE"
        + "3NDA3ODc1MDB9.jl9okCpUWRB1y4qz19IPSOqN3DKUXq9vfNWRfbpA3HEe3Xtt43dh-sH6h_oGnN6QwPBO_D"
        + "5JcFx_KG9K_29yKP6j4eEAtkODTEjJd5Ia9WbTiy8SU7DHdFcvLCj7Din_V1ExCmzUDZ7FqT5Ml7FyLxrWF7"
        + "B-eYcfFz7yODGk245o8A4tI6brUHv8QBLCcPWrkrQU5NcphRp4CupR8Mt6LaCnbItEbEdbid8y8GDYYpeCjb"
        + "2bs2MaZERt7i2KazUSpVNoh2Xhi8YkDUKRNoPeAmvNzgTEvIWG4t6Cizf0fKaruDJvQS28gn_5mrqfjGGLiY"
        + "PpqxJifVS7q6oulvqylw"
    ),
    (
      "RS512",
      "eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5"
        + "leGFtcGxlIiwiYXVkIjoiYW55bGxtIiwic3ViIjoidXNlci0xIiwiaWF0IjoxNzQwNzg3MDAwLCJleHAiOjE"
        + "3NDA3ODc1MDB9.Iq8t4p0yifROFyni8c25ob11pdh6aTlfYaHCgvptjNURRSBSvBdlDdYmRVqa7OTH_kpz7h"
        + "PkdWyXE48W1Ra8KX4g2gg2bevTEEEijP4FhE6wQVLsX89lyJvE6M4Ur2uTT74JzHUyAV-oPCckDSc3d9iiBS"
        + "PsnB5-jmeRpmgE0bDEeKY7tTY3LypHsHa1uirhNrzWmuTHt7HK0ZqHrBJQfGAZSOpS98Caz8NbxWqW9JGWbI"
        + "27s0Y6R2hgiwcTDSTzQQhotXloPX-a2npZGSVvruFF_0suQYj-WE1wFETEgWlsaYSV7J-TUuDM7ODmzwFw8_"
        + "ywv-mLisrxUlSpfYDsPw"
    ),
    (
      "ES256",
      "eyJhbGciOiJFUzI1NiIsImtpZCI6IlAtMjU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lzc3Vl"
        + "ci5leGFtcGxlIiwiYXVkIjoiYW55bGxtIiwic3ViIjoidXNlci0xIiwiaWF0IjoxNzQwNzg3MDAwLCJleHAi"
        + "OjE3NDA3ODc1MDB9.tKikTGo2X-u2rVvylDO3qM2k3Uflg0gfuU2g5XDhuHinq7lzVMjvd69qEQnfHMsnX5K"
        + "BW5iBnEb5ihpmF2q6Ng"
    ),
    (
      "ES384",
      "eyJhbGciOiJFUzM4NCIsImtpZCI6IlAtMzg0IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lzc3Vl"
        + "ci5leGFtcGxlIiwiYXVkIjoiYW55bGxtIiwic3ViIjoidXNlci0xIiwiaWF0IjoxNzQwNzg3MDAwLCJleHAi"
        + "OjE3NDA3ODc1MDB9.mb54zyvo6cMUKUmjGj9Vyyvg-YF6rZyhzxIYFvx7ZliCdGsZ8AzK38bzCV4KrJ9I8el"
        + "XB7wRKqM1mGx1qmh4zbdPIgpyCb-nCIm_DGb2oJhJKPTML8wxkpHAZ4Y3eabF"
    ),
    (
      "EdDSA",
      "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5l"
        + "eGFtcGxlIiwiYXVkIjoiYW55bGxtIiwic3ViIjoidXNlci0xIiwiaWF0IjoxNzQwNzg3MDAwLCJleHAiOjE3"
        + "NDA3ODc1MDB9.YL4UmHjX9LvFvrU9oUGakEfFOhi-MNL8vQsTQ4ulGNGSUsAV1nn3p-IOBwrsER6OaD_nYUA"
        + "5ZrsFEHiQm2E8AQ"
    ),
  ]
}
