/// Why the store could not do what was asked, in words for the operator.
package struct StorageFailure: Error, Sendable, Equatable {
  package var kind: Kind
  /// Names the thing and the remedy; holds no secret.
  package var message: String

  /// The closed list of what can go wrong.
  package enum Kind: String, Sendable, Equatable {
    /// Another process holds the store.
    case locked
    case corrupted
    /// The directory or a file in it cannot be created or written.
    case notWritable
    case diskFull
    case inputOutput
    /// Something of that name exists already.
    case conflict
    case notFound
    /// The files were written by a newer program.
    case newerSchema
    /// The generation number does not grow.
    case staleGeneration
    /// A value that the store refuses, such as a digest of the wrong length.
    case invalid
    /// The store was closed.
    case closed
    case unexpected
  }

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

extension StorageFailure: CustomStringConvertible {
  package var description: String { message }
}
