/// Which anyllm this is.
package enum Release {
  /// The version of both programs, which are released together.
  package static let version = "0.1.0"
}
