/// A request in words that belong to no vendor.
///
/// Texts are windows on the client's bytes. What the hub has no word for travels in `extras`:
/// back into its own language unchanged, into any other as a recorded loss.
package struct Conversation: Sendable {
  package var origin: Dialect
  /// The name the client asked for.
  package var model: String
  package var instructions: [Instruction] = []
  package var turns: [Turn] = []
  package var tools: [Tool] = []
  /// The client's own spelling of its tools, for the writer of the reply.
  package var toolForms = ToolForms()
  package var toolChoice: ToolChoice?
  /// False when the client forbids parallel calls.
  package var allowsParallelCalls: Bool?
  package var maximumTokens: Int?
  package var sampling = Sampling()
  package var stopSequences: [JSONText] = []
  package var thinking: ThinkingRequest?
  package var effort: JSONText?
  package var format: OutputFormat?
  /// How much the answer shall say: OpenAI's `verbosity`.
  package var verbosity: JSONText?
  /// Whether the client wants to read thoughts, or summaries of them; nil when it did not say.
  package var showsThinking: Bool?
  /// The end user, as the client names them.
  package var user: JSONText?
  /// The client's own notes on the request, a JSON object.
  package var metadata: JSONRaw?
  package var serviceTier: JSONText?
  /// Which requests share a prompt cache: OpenAI's `prompt_cache_key`.
  package var cacheKey: JSONText?
  /// How many replies the client wants; nil for one.
  package var candidates: Int?
  /// How many alternatives of each token the client wants to see; nil when it wants none.
  package var logprobs: Int?
  package var wantsStream = false
  /// Whether the client asked to see usage in its stream; Anthropic streams always show it.
  package var wantsStreamUsage = true
  package var extras: [Extra] = []

  package init(origin: Dialect, model: String) {
    self.origin = origin
    self.model = model
  }
}

/// A member that the hub has no word for.
package struct Extra: Sendable, Equatable {
  package var name: JSONText
  package var value: JSONRaw

  package init(_ name: JSONText, _ value: JSONRaw) {
    self.name = name
    self.value = value
  }
}

/// One block of the system prompt.
package struct Instruction: Sendable {
  package var text: JSONText
  /// The vendor's prompt-cache mark, as it stood.
  package var cacheMark: JSONRaw?
  package var extras: [Extra]

  package init(text: JSONText, cacheMark: JSONRaw? = nil, extras: [Extra] = []) {
    self.text = text
    self.cacheMark = cacheMark
    self.extras = extras
  }
}

package struct Turn: Sendable {
  package enum Role: Sendable, Equatable {
    case user, assistant
    /// Instructions given in the middle of the conversation.
    case system
  }

  package var role: Role
  package var blocks: [Block]
  package var extras: [Extra]

  package init(_ role: Role, _ blocks: [Block], extras: [Extra] = []) {
    self.role = role
    self.blocks = blocks
    self.extras = extras
  }
}

/// One piece of a turn.
package struct Block: Sendable {
  package indirect enum Content: Sendable {
    case text(JSONText)
    case image(Media)
    case document(Document)
    case audio(Media)
    case toolCall(ToolCall)
    case toolResult(ToolResult)
    /// A thought; the block's seal proves who thought it.
    case thinking(JSONText)
    /// A thought that only its mint can read: the block's seal is all there is.
    case redactedThinking
    case refusal(JSONText)
    /// A block that only its own language knows.
    case unknown(type: JSONText, JSONRaw)
  }

  package var content: Content
  /// What its vendor wants back with this block, unchanged.
  package var seal: Seal?
  package var cacheMark: JSONRaw?
  package var extras: [Extra]

  package init(
    _ content: Content, seal: Seal? = nil, cacheMark: JSONRaw? = nil, extras: [Extra] = []
  ) {
    self.content = content
    self.seal = seal
    self.cacheMark = cacheMark
    self.extras = extras
  }
}

package struct Media: Sendable {
  package enum Source: Sendable {
    case base64(mediaType: JSONText, JSONText)
    case url(JSONText)
    case file(id: JSONText)
  }

  package var source: Source
  /// OpenAI's `detail`, as it stood.
  package var detail: JSONText?

  package init(_ source: Source, detail: JSONText? = nil) {
    self.source = source
    self.detail = detail
  }
}

package struct Document: Sendable {
  package enum Source: Sendable {
    case base64(mediaType: JSONText, JSONText)
    case url(JSONText)
    case file(id: JSONText)
    case text(JSONText)
    case blocks([Block])
  }

  package var source: Source
  package var title: JSONText?
  package var context: JSONText?

  package init(_ source: Source, title: JSONText? = nil, context: JSONText? = nil) {
    self.source = source
    self.title = title
    self.context = context
  }
}

package struct ToolCall: Sendable {
  package var id: JSONText
  package var name: JSONText
  /// The arguments as one JSON value; an object unless the model wrote something else.
  package var input: JSONRaw

  package init(id: JSONText, name: JSONText, input: JSONRaw) {
    self.id = id
    self.name = name
    self.input = input
  }
}

package struct ToolResult: Sendable {
  package var callID: JSONText
  package var content: [Block]
  package var isError: Bool

  package init(callID: JSONText, content: [Block], isError: Bool = false) {
    self.callID = callID
    self.content = content
    self.isError = isError
  }
}

package struct Tool: Sendable {
  package enum Kind: Sendable {
    /// A function that the client runs, with its JSON schema.
    case function(description: JSONText?, schema: JSONRaw?, isStrict: Bool?)
    /// A tool that the client runs on free text, perhaps of a grammar.
    ///
    /// Languages without such tools see a function with one string, `input`.
    case freeform(description: JSONText?, format: JSONRaw?)
    /// A tool that the vendor runs, or one that only its own language knows.
    case vendor(type: JSONText, purpose: ServerTool?, JSONRaw)
  }

  package var name: JSONText
  package var kind: Kind
  package var cacheMark: JSONRaw?
  package var extras: [Extra]

  package init(
    name: JSONText, kind: Kind, cacheMark: JSONRaw? = nil, extras: [Extra] = []
  ) {
    self.name = name
    self.kind = kind
    self.cacheMark = cacheMark
    self.extras = extras
  }
}

/// What a tool that the vendor runs is for, where several vendors have one.
package enum ServerTool: String, Sendable {
  case webSearch = "web_search"
  case webFetch = "web_fetch"
  case codeExecution = "code_execution"
  case fileSearch = "file_search"
}

package enum ToolChoice: Sendable, Equatable {
  case automatic
  case any
  case none
  case tool(JSONText)
}

/// Numbers as the client wrote them.
package struct Sampling: Sendable {
  package var temperature: JSONRaw?
  package var topP: JSONRaw?
  package var topK: JSONRaw?
  package var seed: JSONRaw?
  package var frequencyPenalty: JSONRaw?
  package var presencePenalty: JSONRaw?

  package init() {}
}

package enum ThinkingRequest: Sendable, Equatable {
  case disabled
  case budget(Int)
  /// The model decides how long it thinks.
  case adaptive
}

package enum OutputFormat: Sendable {
  case anyObject
  case schema(name: JSONText?, JSONRaw, isStrict: Bool?)
}
