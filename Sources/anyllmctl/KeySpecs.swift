import ControlPlane

extension [CommandSpec] {
  private static let dryRun = FlagSpec("dry-run", "say what would be, and change nothing")

  private static let terms = [
    FlagSpec("role", value: .required("ROLE"), choices: ["developer", "viewer"], "what it is for"),
    FlagSpec("models", value: .required("LIST"), "only these: names and globs, with commas"),
    FlagSpec("backends", value: .required("LIST"), "only at these backends"),
    FlagSpec("routes", value: .required("LIST"), "only by these routes"),
    FlagSpec("rpm", value: .required("N"), "requests a minute"),
    FlagSpec("tpm", value: .required("N"), "tokens a minute, in and out together"),
    FlagSpec("input-tpm", value: .required("N"), "input tokens a minute"),
    FlagSpec("output-tpm", value: .required("N"), "output tokens a minute"),
    FlagSpec("concurrency", value: .required("N"), "requests at the same time"),
    FlagSpec("budget", value: .required("LIST"), "dollars: 50, or 5/day,50/month"),
    FlagSpec(
      "period", value: .required("TIME"), choices: BudgetPeriod.allCases.map(\.rawValue),
      "of budgets that name none (default: month)"),
    FlagSpec("rolling", "the last hours or days, not those of the calendar"),
    FlagSpec("model-budget", value: .required("LIST"), "'claude-*=20/day,gpt-*=5'"),
    FlagSpec("map", value: .required("LIST"), "its own mappings: 'opus*=openai:gpt-5'"),
    FlagSpec("owner", value: .required("NAME"), "who answers for it"),
    FlagSpec("tag", value: .required("LIST"), "words to find it by, with commas"),
    FlagSpec(
      "log-bodies", value: .optional("no"), "keep what it sends and gets; =no ends that"),
    FlagSpec("expires", value: .required("T"), "12h, 30d, 2027-01-31 or never"),
    FlagSpec("note", value: .required("TEXT"), "free text that lists show"),
  ]

  private static func change(
    _ verb: String, _ summary: String, _ example: String, _ run: @escaping KeyCommands.Run
  ) -> CommandSpec {
    CommandSpec(
      path: ["keys", verb], summary: summary, examples: [Example(example)],
      arguments: [ArgumentSpec(name: "ID", values: .keys)], flags: [dryRun],
      exits: [.noGateway, .notFound, .conflict], seeAlso: ["keys undo", "keys show"], run: run)
  }

  static let keys =
    keyLists + keyChanges + [
      change(
        "pause", "refuse a key until it is resumed", "anyllmctl keys pause ci",
        KeyCommands.pause),
      change(
        "resume", "let a paused key in again", "anyllmctl keys resume ci", KeyCommands.resume),
      CommandSpec(
        path: ["keys", "undo"], summary: "take back the last edit, pause or resume",
        examples: [Example("anyllmctl keys undo")], flags: [dryRun],
        exits: [.noGateway, .conflict], seeAlso: ["audit list"], run: KeyCommands.undo),
      CommandSpec(
        path: ["keys", "import"], summary: "take keys from a file",
        discussion:
          "FILE is what `keys export` wrote, a JSON list of {\"name\", \"key\", \"terms\"}, or\n"
          + "CSV whose first line names columns: name, key and the flags of `keys add`.\n"
          + "A file with secrets must be readable by nobody else; - reads standard input.",
        examples: [
          Example("anyllmctl keys import keys.csv --dry-run"),
          Example("anyllmctl keys import - < keys.json"),
        ],
        arguments: [ArgumentSpec(name: "FILE")], flags: [dryRun],
        exits: [.noGateway, .invalid, .partly], seeAlso: ["keys export"],
        run: KeyFileCommands.read),
      CommandSpec(
        path: ["keys", "export"], summary: "write all keys, without their secrets",
        discussion:
          "The keys go on working where they are imported only with this installation's\n"
          + "secret, which lies in the state directory.",
        examples: [Example("anyllmctl keys export > keys.json")],
        seeAlso: ["keys import"], run: KeyFileCommands.write),
    ]

  private static let keyLists = [
    CommandSpec(
      path: ["keys", "list"], summary: "the keys and what they used",
      examples: [
        Example("anyllmctl keys list"),
        Example("anyllmctl keys list --state all -o tsv"),
        Example("anyllmctl keys list --over 80%", "whose budget is nearly spent"),
      ],
      flags: [
        FlagSpec(
          "state", value: .required("STATE"),
          choices: ["active", "paused", "expired", "revoked", "all"],
          "active, paused, expired, revoked or all (default: active)"),
        FlagSpec("over", value: .required("P"), "only with a budget spent to P percent or more"),
        CommandTable.watch,
      ],
      exits: [.noGateway, .invalid], seeAlso: ["keys show", "keys usage"],
      run: KeyCommands.list),
    CommandSpec(
      path: ["keys", "show"], summary: "everything about one key, except the key",
      examples: [
        Example("anyllmctl keys show ci"), Example("anyllmctl keys show sk-vk3fA --json"),
      ],
      arguments: [ArgumentSpec(name: "ID", values: .keys)],
      exits: [.noGateway, .notFound], seeAlso: ["keys list"], run: KeyCommands.show),
    CommandSpec(
      path: ["keys", "usage"], summary: "tokens and money, from the ledger",
      examples: [
        Example("anyllmctl keys usage --by key --since 30d"),
        Example("anyllmctl keys usage ci --by model"),
        Example("anyllmctl keys usage --since 2027-01-01 --until 2027-02-01 -o tsv"),
      ],
      arguments: [ArgumentSpec(name: "ID", isOptional: true, values: .keys)],
      flags: [
        FlagSpec("since", value: .required("T"), "30d or 2027-01-31 (default: all)"),
        FlagSpec("until", value: .required("T"), "until before then (default: now)"),
        FlagSpec(
          "by", value: .required("WHAT"), choices: UsageGrouping.allCases.map(\.rawValue),
          "day, model, backend or key (default: day)"),
      ],
      exits: [.noGateway, .notFound, .invalid], seeAlso: ["keys list"],
      run: KeyUsageCommand.run),
  ]

  private static let keyChanges = [
    CommandSpec(
      path: ["keys", "add"], summary: "make a key for clients",
      discussion: "The key is printed once, alone on standard output, and never kept.",
      examples: [
        Example("anyllmctl keys add ci --rpm 60 --budget 50 --expires 90d"),
        Example("anyllmctl keys add bob --models 'claude-*' --model-budget 'opus*=5/day'"),
        Example("KEY=$(anyllmctl keys add tmp --expires 1h -q)", "just the key"),
        Example("anyllmctl keys add old-client --stdin < key.txt", "bring your own"),
      ],
      arguments: [ArgumentSpec(name: "NAME")],
      flags: terms + [
        FlagSpec("stdin", "take the key from standard input, not a new one"), dryRun,
      ],
      exits: [.noGateway, .conflict, .invalid], seeAlso: ["keys edit", "keys revoke"],
      run: KeyCommands.add),
    CommandSpec(
      path: ["keys", "edit"], summary: "change what a key may do, from its next request on",
      discussion: "Only what is given changes; none takes a limit away: --rpm none.",
      examples: [
        Example("anyllmctl keys edit ci --rpm 120 --budget 5/day"),
        Example("anyllmctl keys edit ci --models none", "any model again"),
        Example("anyllmctl keys edit ci --name build", "under another name"),
      ],
      arguments: [ArgumentSpec(name: "ID", values: .keys)],
      flags: [FlagSpec("name", value: .required("NAME"), "its new name")] + terms + [dryRun],
      exits: [.noGateway, .notFound, .conflict, .invalid], seeAlso: ["keys undo", "keys show"],
      run: KeyCommands.edit),
    CommandSpec(
      path: ["keys", "rotate"], summary: "give a key a new secret",
      discussion: "The key's name must be typed, or given with --confirm.",
      examples: [
        Example("anyllmctl keys rotate ci --grace 24h", "both work for a day"),
        Example("NEW=$(anyllmctl keys rotate ci --confirm ci -q)"),
      ],
      arguments: [ArgumentSpec(name: "ID", values: .keys)],
      flags: [
        FlagSpec("grace", value: .required("TIME"), "how long the old secret works yet"),
        FlagSpec("stdin", "read the new secret from standard input"), dryRun,
      ],
      exits: [.noGateway, .notFound, .conflict], seeAlso: ["keys revoke", "help secrets"],
      run: KeyCommands.rotate),
    CommandSpec(
      path: ["keys", "revoke"], summary: "refuse a key from its next request on",
      discussion:
        "ID is a name, a number or the first characters of the key, if one key fits.\n"
        + "The key's name must be typed, or given with --confirm; for several keys,\n"
        + "their number. The history of the key stays.",
      examples: [
        Example("anyllmctl keys revoke ci"),
        Example("anyllmctl keys revoke ci --kill --confirm ci", "in a script, and at once"),
        Example("anyllmctl keys revoke ci tmp --confirm 2"),
      ],
      arguments: [ArgumentSpec(name: "ID", repeats: true, values: .keys)],
      flags: [FlagSpec("kill", "end its requests in flight too"), dryRun],
      exits: [.noGateway, .notFound, .conflict, .partly], seeAlso: ["keys list", "audit list"],
      run: KeyCommands.revoke),
  ]
}
