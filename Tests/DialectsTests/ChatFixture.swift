import FoundationEssentials

/// The Chat fixtures beside the tests.
enum ChatFixture {
  static let streams = names(in: "streams", ending: ".sse")
  static let requests = names(in: "requests", ending: ".json")

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: folder + "/" + path)))
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  private static let folder: String = {
    let file = #filePath
    let end = file.lastIndex(of: "/") ?? file.endIndex
    return file[..<end] + "/Fixtures/chat"
  }()

  private static func names(in group: String, ending: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + group)) ?? []
    return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }
}
