/// A private RSA key that guards nothing, so that tests can sign.
package enum ThrowawayKey {
  private static let dashes = "-----"

  package static let pem = framed(
    """
    MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBANtzs35chSIJOW5+
    157r1YWkpLvYN145lrzJQFaRsgCY6OxY4OJ3ORSHtUnCtkHYmQEPnN3X1aFYvGFa
    t4o4ZNdANaBrzEHRHOn4anjiWEpYiAfIipnXorAJnnzYa2rfPJeCHA/M65P6eUro
    KeXMzXSFJTLyymgLSIcqB0BpgKltAgMBAAECgYEA12/knH6TrHBF03Xuk/ON8N9L
    YaXH5Va/5qHj6ZiqmO+EatJuI6VLgh4gGUNvzYCn5GTBaQBEl1sXxLNcT/NA+kZ7
    adzBxGZX4tWCTxYLd8mesdcZ81v90KpjwluaDvc73HX/U/+qZk2h2z6o9GCRVGTY
    qvIoBrjkNbS1F9dOLYECQQDw+UhJ/tpMbfaXyJmKC9bCsZra9NhjWHZi2ZDMS6mr
    LL81xT5/R3O643G2Muvcn6n5UfILYU0txZjjBKaTc5tdAkEA6SLciT3WhAF+ei5J
    2l6WoLz0RSW6vvR1o0gtiTrLK2iFlWbwwdeCvnuHJXxhL9PxHib00IL5Ck2cJ8mw
    9+d1UQJAP7iLhxWfQCqr1IM1Jq3uwlkYq+Gm/s47r/P8OCmh2iPhBCT+W8XXMopG
    XXmlqReHaOhkauH1+K6RuSZXrhIZ+QJABjqXN9d+HsLHdU49TOdQEPVbdWl/ptBz
    QCySguMeQIenYgmBDzzJ0nsMblT3Z8a633pc+iE1tC/Ep099OfJmMQJBAKdJOF79
    gTumSM2oxRVpaSPIhGq3IuVPumGwpZ7GFWoP1AS6YWkojKZKgYyRM/WLV2q0rIhO
    C+n8D+C4Ji+m8kY=
    """)

  /// A key in the frame that files have.
  static func framed(_ body: String) -> String {
    "\(dashes)BEGIN PRIVATE KEY\(dashes)\n\(body)\n\(dashes)END PRIVATE KEY\(dashes)\n"
  }
}
