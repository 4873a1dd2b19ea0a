import Glibc

/// A port of the loopback that is taken and on which nobody listens: whoever calls it is refused.
package struct RefusingPort: Sendable {
  package let port: Int
  private let descriptor: Int32

  package init() throws {
    (descriptor, port) = try RawListener.bound()
  }

  package func close() {
    Glibc.close(descriptor)
  }
}
