package import ControlPlane
package import Transport

extension Settings {
  /// Somebody whose tokens open the gate (OpenID Connect), and what their bearers may do.
  package struct Issuer: Sendable, Equatable {
    /// As it stands in `iss`, to the letter.
    package var issuer: String
    /// For whom a token must be; empty takes those for anybody.
    package var audiences: [String]
    /// Where the keys are; nil asks the issuer's discovery document.
    package var keysURL: String?
    package var algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases
    /// By how much clocks may differ, in seconds.
    package var leeway: Int64 = 60
    package var nameClaim = "sub"
    package var groupsClaim = "groups"
    /// Terms by groups, the first that a token has.
    package var groups: [Group] = []
    /// For tokens without such a group; nil refuses them when there are groups.
    package var terms: KeyTerms?
    /// What claims must say.
    package var requiredClaims: [RequiredClaim] = []
    /// Which addresses it may have.
    package var addresses = AddressPolicy.publicOnly
    package var caFile: String?

    package init(issuer: String, audiences: [String]) {
      self.issuer = issuer
      self.audiences = audiences
    }

    /// What those of one group may do.
    package struct Group: Sendable, Equatable {
      package var name: String
      package var terms: KeyTerms
    }

    /// A claim and the values of which it must have one.
    package struct RequiredClaim: Sendable, Equatable {
      package var name: String
      package var values: [String]
    }
  }
}
