import Testing

@testable import Dialects

struct `What only another language knows` {
  private static let extra = [Extra("videoMetadata", .emptyObject)]

  @Test func `stays out of an Anthropic request and is told`() throws {
    let inner = [
      Block(.text("in"), extras: Self.extra), Block(.unknown(type: "guardContent", .emptyObject)),
    ]
    var conversation = Conversation(origin: .gemini, model: "m")
    conversation.instructions = [
      Instruction(text: "S", extras: [Extra("name", JSONRaw(stringLiteral: #""n""#))])
    ]
    conversation.turns = [
      Turn(
        .user,
        [
          Block(.document(Document(.text("t"))), extras: Self.extra),
          Block(.document(Document(.blocks(inner)))),
          Block(.unknown(type: "executableCode", .emptyObject)),
        ])
    ]
    let encoded = try AnthropicCodec().encodeRequest(
      conversation, for: Target(model: "claude-sonnet-4-5", platform: .vendor))
    let root = try JSONDocument(encoded.body).root
    #expect(root["system"]?.string == "S")
    #expect(
      JSONShape(try #require(root["messages"])).description
        == "[{content: [{source: {data: 't', media_type: 'text/plain', type: 'text'}, "
        + "type: 'document'}, {source: {content: 'in', type: 'content'}, type: 'document'}], "
        + "role: 'user'}]")
    #expect(
      Set(encoded.losses.tags)
        == ["videometadata", "guardcontent", "executablecode", "name"])
  }
}
