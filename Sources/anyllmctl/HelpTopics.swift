/// Help on what concerns many commands.
enum HelpTopics {
  static let summaries = [
    ("output", "formats, colour, what goes where"),
    ("exit-codes", "what scripts may rely on"),
    ("environment", "the variables that are read"),
    ("socket", "how the gateway is found, and who may talk to it"),
    ("secrets", "how keys go in and come out"),
  ]

  static let names = summaries.map(\.0)

  static func text(_ topic: String) -> String? {
    switch topic {
    case "output": output
    case "exit-codes":
      (["What the exit code says:", ""]
        + ExitCode.allCases.map { code in
          "  \(code.rawValue < 10 ? " " : "")\(code.rawValue)  \(code.meaning)"
        } + [" 130  interrupted", " 141  the reader of the output left"])
        .joined(separator: "\n")
    case "environment": environment
    case "socket": socket
    case "secrets": secrets
    default: nil
    }
  }

  private static let output = """
    Data goes to standard output, messages to standard error. A pipe gets the same
    data as a terminal; only a terminal gets colour, and tables fitted to its width.

      -o table   for people: columns without borders, one thing a line
      -o json    one line: a list is an array, everything else an object
      -o jsonl   one object a line
      -o tsv     tabs between fields; tabs, newlines and backslashes are escaped
      -o name    one identifier a line, for xargs
      --quiet    only the essential value

    With json, a failure is {"error":{"code","message","hint"}} on standard output
    as well. Members are snake_case; times are milliseconds since 1970 and end in
    _ms. Members are added, never renamed; tables may change.

    Colour is off without a terminal, with NO_COLOR and with TERM=dumb; --color
    decides last. Text from outside is shown with its control characters escaped.
    `requests tail` writes one object a line for json and jsonl alike; --watch in a
    pipe writes {"event":"added|modified|removed","object":...} lines.
    """

  private static let environment = """
    ANYLLM_SOCKET    the gateway's socket, as --socket
    ANYLLM_INSTANCE  the gateway's name, as --instance
    ANYLLM_OUTPUT    the format, as --output
    ANYLLM_TIMEOUT   how long to wait, as --timeout
    XDG_RUNTIME_DIR  where sockets of this user lie
    XDG_STATE_HOME   where they lie without a runtime directory
    NO_COLOR, CLICOLOR_FORCE, TERM, COLUMNS   as elsewhere

    Flags win over variables.
    """

  private static let socket = """
    The gateway listens on a Unix socket. The first of these that is there is used:

      1. --socket PATH, or --instance NAME in the places below
      2. $ANYLLM_SOCKET, $ANYLLM_INSTANCE
      3. $XDG_RUNTIME_DIR/anyllm/NAME.sock, if that directory is yours alone
      4. /run/user/UID/anyllm/NAME.sock
      5. /run/anyllm/NAME.sock
      6. $XDG_STATE_HOME/anyllm/NAME.sock, or ~/.local/state/anyllm/NAME.sock

    NAME is `admin` unless said otherwise; -v shows what was tried. Only root and
    the user who runs the gateway may connect. It speaks HTTP with JSON:

      anyllmctl curl backends
      curl --unix-socket "$XDG_RUNTIME_DIR/anyllm/admin.sock" \\
        http://anyllm/admin/v1/backends
    """

  private static let secrets = """
    A new key is printed once, alone on standard output; the gateway keeps only a
    keyed hash of it and cannot show it again.

      KEY=$(anyllmctl keys add ci -q)
      anyllmctl keys add ci --stdin < key.txt

    No flag takes a secret, because every user of the machine can read argument
    lists. --stdin reads to the end of input and drops one newline; on a terminal it
    asks without echo. Everywhere else a key is its first eight characters.
    """
}
