import Testing

@testable import Gateway

@Suite struct `A configuration problem` {
  /// Each file has one fault; the expected text is the whole line after `config.yaml:`.
  private static let faults: [(String, String)] = [
    (
      "backends:\n  x:\n    kind: openai\n    api_key: k\n    backend: openai\n",
      "5:5: unknown key \"backend\" in backends.x; did you mean \"kind\"?"
    ),
    ("lisen: 1\n", "1:1: unknown key \"lisen\"; did you mean \"listen\"?"),
    ("port: 1\n", "1:1: unknown key \"port\"; did you mean \"listen\"?"),
    (
      "log: {zzz: 1}\n", "1:7: unknown key \"zzz\" in log; known here: level, format"
    ),
    (
      "log: {level: loud}\n",
      "1:14: log.level \"loud\" is not one of trace, debug, info, warning, error"
    ),
    ("loops: many\n", "1:8: loops \"many\" is not a whole number from 1 to 256"),
    ("loops: [1]\n", "1:8: loops must be a single value, found a list"),
    ("limits: 3\n", "1:9: limits must be a mapping, found a value; write \"key: value\" lines"),
    (
      "limits:\n  body_bytes: 64 cows\n",
      "2:15: limits.body_bytes \"64 cows\" is not a size such as 64KiB or 64MiB, "
        + "at least 1024 bytes"
    ),
    (
      "limits:\n  body_bytes: 99999999999GiB\n",
      "2:15: limits.body_bytes \"99999999999GiB\" is not a size such as 64KiB or 64MiB, "
        + "at least 1024 bytes"
    ),
    (
      "limits: {body_budget_bytes: 1MiB}\n",
      "1:9: limits.body_budget_bytes is smaller than one body may be (limits.body_bytes); "
        + "raise the budget or lower the size of a body"
    ),
    (
      "ping_interval: 0\n", "1:16: ping_interval \"0\" is not a duration such as 30s, 500ms or 2m"
    ),
    (
      "drain_deadline: soon\n",
      "1:17: drain_deadline \"soon\" is not a duration such as 30s, 500ms or 2m"
    ),
    ("drain_deadline:\n", "1:1: drain_deadline has no value; give it one or remove the line"),
    ("open_relay: maybe\n", "1:13: open_relay \"maybe\" is not true or false"),
    (
      "listen: 127.0.0.1:99999\n",
      "1:9: listen \"127.0.0.1:99999\" has no port from 0 to 65535; write host:port, such as "
        + "127.0.0.1:3000 or [::1]:3000"
    ),
    (
      "listen: example.com:80\n",
      "1:9: listen \"example.com\" is not a numeric address; write host:port, such as "
        + "127.0.0.1:3000 or [::1]:3000"
    ),
    (
      "listen: [127.0.0.1:1, 127.0.0.1:1]\n", "1:9: listen has 127.0.0.1:1 twice; keep one"
    ),
    (
      "listen:\n  - {port: 1, tls_certificate: missing.pem, tls_key: k.pem}\n",
      "2:32: listen[0].tls_certificate: there is no file /site/missing.pem"
    ),
    (
      "listen: {port: 1, tls_key: k.pem}\n",
      "1:9: listen has half of what TLS needs; add tls_certificate"
    ),
    (
      "listen: 0.0.0.0:3000\n",
      "1:9: listening on 0.0.0.0 without any key would serve strangers; set PROXY_API_KEYS, "
        + "write keys, add one with `anyllmctl keys add`, or listen on 127.0.0.1"
    ),
    (
      "backends:\n  x: {kind: bedrock}\n",
      "2:6: backends.x has no base_url, and bedrock has no usual one; write region: (or "
        + "base_url:)"
    ),
    (
      "backends:\n  x: {kind: openai, api_key: k, region: us-east-1}\n",
      "2:6: backends.x.region says nothing to kind openai; remove it"
    ),
    (
      "backends:\n  x: {kind: bedrock, region: eu-west-1, format: chat}\n",
      "2:6: backends.x.format chat is not spoken by kind bedrock; use one of invoke, converse"
    ),
    (
      "backends:\n  x: {kind: opnai}\n",
      "2:13: backends.x.kind \"opnai\" is unknown; did you mean \"openai\"?"
    ),
    (
      "backends:\n  x: {base_url: \"http://h\"}\n",
      "2:3: backends.x has no kind; write kind: openai, anthropic, azure, gemini, vertex, bedrock "
        + "or a provider's name such as groq"
    ),
    (
      "backends:\n  a:b: {kind: demo}\n",
      "2:3: \"a:b\" cannot be the name of a backend; use letters, digits, \"-\", \"_\" and \".\", "
        + "and neither \"env\" nor \"reject\""
    ),
    (
      "backends:\n  x: {kind: openai, api_key: k, base_url: api.example.com}\n",
      "2:43: backends.x.base_url \"api.example.com\" has no scheme; begin it with https:// or "
        + "http://"
    ),
    (
      "backends:\n  x: {kind: openai, base_url: \"http://127.0.0.1:3000/v1\"}\n",
      "2:31: backends.x.base_url leads to this gateway, which would call itself; give the "
        + "provider's address"
    ),
    (
      "backends:\n  x: {kind: databricks, api_key: k}\n",
      "2:6: backends.x has no base_url, and databricks has no usual one; write base_url: "
        + "https://…/v1"
    ),
    (
      "backends:\n  openai: {}\n",
      "2:11: backends.openai has no api_key; set OPENAI_API_KEY or write api_key: env:NAME"
    ),
    ("backends:\n  openai: {api_key: \"\"}\n", "2:21: backends.openai.api_key is empty"),
    (
      "backends:\n  openai: {api_key: a b}\n",
      "2:21: backends.openai.api_key has white space or a sign in it that no key has"
    ),
    (
      "backends:\n  openai: {api_key: env:NOPE}\n",
      "2:21: backends.openai.api_key takes its value from NOPE, which is not set; set it in the "
        + "environment or in .anyllm.env"
    ),
    (
      "backends:\n  openai: {api_key_file: nope.txt}\n",
      "2:26: backends.openai.api_key_file: there is no file /site/nope.txt"
    ),
    (
      "backends:\n  openai: {api_key: k, auth_token: t}\n",
      "2:11: backends.openai.auth_token is for kind anthropic, azure and vertex; write api_key, which is sent as a "
        + "bearer token"
    ),
    (
      "backends:\n  openai: {api_key: k, headers: {Content-Length: 3}}\n",
      "2:34: backends.openai.headers: \"Content-Length\" cannot be set as a header"
    ),
    (
      "backends:\n  openai: {api_key: k, retries: 99}\n",
      "2:33: backends.openai.retries \"99\" is not a whole number from 0 to 10"
    ),
    (
      "backends:\n  openai: {api_key: k, proxy: proxy.local}\n",
      "2:31: backends.openai.proxy is not the address of a proxy; write http://host:port or "
        + "socks5h://host:port"
    ),
    (
      "backends: {d: {kind: demo, base_url: \"http://x\"}}\n",
      "1:15: backends.d.base_url: the demo backend calls nobody; remove it or give another kind"
    ),
    (
      "backends: {main: {kind: demo}}\ndefault_backend: mian\n",
      "2:18: default_backend \"mian\" is none of the backends; use one of main"
    ),
    (
      "backends: {main: {kind: demo}}\nmappings:\n  - gpt-*: mainn:x\n",
      "3:5: unknown backend \"mainn\" in the mapping of \"gpt-*\"; did you mean \"main\"?"
    ),
    (
      "backends: {main: {kind: demo}}\nmappings:\n  x: llama3:8b\n",
      "3:3: unknown backend \"llama3\" in the mapping of \"x\"; use one of main, or "
        + "\":llama3:8b\" for a model of the default backend"
    ),
    (
      "backends: {main: {kind: demo}}\nmappings:\n  x: \":\"\n",
      "3:3: \":\" names nothing in the mapping of \"x\"; write backend:model, backend or :model"
    ),
    (
      "backends: {d: {kind: demo}}\nmappings:\n  - claude-*: d\n  - claude-*-haiku*: d:x\n",
      "4:5: the mapping of \"claude-*-haiku*\" can never match: \"claude-*\" at line 3 comes "
        + "first; move it up or remove it"
    ),
    (
      "backends: {d: {kind: demo}}\nmappings:\n  - {pattern: x}\n",
      "3:5: mappings[0] needs a pattern and a target; write - claude-*: openai:gpt-4o"
    ),
    (
      "mappings:\n  *haiku*: d\n",
      "2:9: not valid YAML: did not find expected alphabetic or numeric character, while scanning "
        + "an alias begun at line 2; quote a text that begins with a star: \"*haiku*\""
    ),
    (
      "keys:\n  - {name: a, secret: same}\n  - {name: b, secret: same}\n",
      "3:5: keys \"a\" and \"b\" are the same secret; remove one"
    ),
    (
      "keys:\n  - {name: a, secret: k1}\n  - {name: a, secret: k2}\n",
      "3:5: two keys are named \"a\"; rename one"
    ),
    (
      "keys: [{name: a}]\n",
      "1:8: keys[0] has no secret; write secret: env:NAME or secret_file: PATH"
    ),
    ("keys: {a: \"\"}\n", "1:11: keys.a is empty"),
    ("loops: 1\nloops: 2\n", "2:1: \"loops\" is here twice, first at line 1; keep one of them"),
    ("- a\n", "1:1: the file must be a mapping, found a list; write \"key: value\" lines"),
  ]

  @Test(arguments: faults)
  func `names its place, what is wrong and what to do`(yaml: String, line: String) {
    let loaded = loaded(yaml, files: ["/site/k.pem": "k"])
    #expect(loaded.lines == ["config.yaml:\(line)"])
    #expect(loaded.settings == nil)
  }

  @Test func `comes together with all the others`() {
    let loaded = loaded(
      """
      loops: 0
      backends:
        one: {kind: nothing-like-it}
        two: {kind: openai, base_url: "ftp://x"}
      mappings:
        - a: one
        - b: three
      """, ["LISTEN_PORT": "abc", "PROXY_API_KEYS": "a,,b"])
    #expect(
      loaded.problems.map { "\($0.file):\($0.line ?? 0)" } == [
        "config.yaml:1", "config.yaml:3", "config.yaml:4", "environment:0", "environment:0",
        "config.yaml:7",
      ])
  }

  @Test(arguments: [
    ("config.toml", "listen_port = 1", "config.toml:1: no model server of the file"),
    ("nowhere.yaml", nil, "nowhere.yaml: there is no such file"),
  ])
  func `of the whole file is told`(path: String, text: String?, start: String) {
    let loaded = loaded(
      nil, files: text.map { ["/site/\(path)": $0] } ?? [:],
      flags: ConfigurationFlags(configurationPath: path))
    #expect(loaded.lines.count == 1)
    #expect(loaded.lines.first?.hasPrefix(start) == true)
  }

  @Test func `of an unreadable file is told`() {
    let loaded = ConfigurationLoader.load(
      ConfigurationInputs(
        environment: ["PROXY_CONFIG": "/etc/c.yaml"], workingDirectory: "/", homeDirectory: "/h",
        readFile: { $0 == "/etc/c.yaml" ? .unreadable("Permission denied") : .missing },
        findLocalServers: { _ in [] }))
    #expect(
      loaded.lines == [
        "/etc/c.yaml: it cannot be read: Permission denied; check its permissions"
      ])
  }
}
