/// What went wrong with a test's own socket.
package struct SocketError: Error, CustomStringConvertible {
  package var description: String

  package init(_ description: String) {
    self.description = description
  }
}
