/// What `--print-config-template` prints: every key with its meaning and its default.
package enum ConfigurationTemplate {
  package static let text = """
    # anyllm configuration. Every line that begins with "#" shows a default or an example.
    #
    # Order: command line, environment (LISTEN_PORT, BIG_MODEL, PROXY_API_KEYS…), this file,
    # defaults. Variables that other tools share (OPENAI_API_KEY, ANTHROPIC_BASE_URL…) only fill
    # what this file leaves open.
    #
    # Any value may be env:NAME or os.environ/NAME. Sizes: 64KiB, 64MiB. Times: 500ms, 30s, 2m.
    # Check it with `anyllm-tui --check`; SIGHUP or `anyllmctl config reload` takes changes.

    # Where clients connect. A list is possible, and TLS:
    #   - {address: "0.0.0.0:443", tls_certificate: cert.pem, tls_key: key.pem}
    # An address that others can reach needs a key (below).
    listen: 127.0.0.1:3000

    # Control socket, when not at its usual place.
    # socket: /run/anyllm/admin.sock

    # Database and everything that survives a restart.
    # state_directory: ~/.local/state/anyllm

    # Event loops; one a core when left out.
    # loops: 2

    # Where models are. The kind is openai (any compatible server), anthropic, demo, or the name
    # of a provider that is known: gemini, groq, openrouter, mistral, deepseek, ollama…
    backends:
      demo:
        kind: demo

      # openai:
      #   kind: openai
      #   base_url: https://api.openai.com       # with or without /v1
      #   exact_base_url: false                  # true: add no /v1
      #   api_key: env:OPENAI_API_KEY            # or api_key_file: PATH
      #   big_model: gpt-4o                      # what sonnet, opus and fable become here
      #   small_model: gpt-4o-mini               # what haiku becomes here
      #   models: [gpt-4o, gpt-4o-mini]          # names it serves, for the list of models
      #   headers: {OpenAI-Organization: org-1}
      #   omit_stream_options: false
      #   connect_timeout: 10s
      #   first_byte_timeout: 5m
      #   idle_timeout: 2m
      #   total_timeout: 15m                     # without a bound when left out
      #   retries: 2
      #   proxy: http://proxy.internal:3128
      #   ca_file: ca.pem
      #   client_certificate: client.pem
      #   client_key: client-key.pem
      #   quirks: []                             # numeric_tool_call_ids, glm_thinking…

      # anthropic:
      #   kind: anthropic
      #   api_key: env:ANTHROPIC_API_KEY         # or auth_token, sent as a bearer token
      #   forward_client_authorization: false
      #   betas:                                 # where the table inside is behind the server
      #     context-1m-2025-08-07: drop          # or pass, or the name it has there

      # ollama: {}

    # Serves what no mapping matches; the first backend when left out.
    default_backend: demo

    # A client's model name to a backend and its model: backend:model, backend, or :model.
    # The first that matches decides. Quote what begins with a star.
    # Without mappings, each vendor's backend serves the vendor's own names (claude-*, gpt-*…).
    # mappings:
    #   - "*haiku*": openai:gpt-4o-mini
    #   - claude-*: anthropic
    #   - gpt-*: openai

    # Callers' keys. Without any, everybody on this machine may call.
    # keys:
    #   - name: laptop
    #     secret: env:KEY_OF_LAPTOP              # or secret_file: PATH

    # true: serve any caller on this machine as long as keys is empty.
    # open_relay: false

    # Tell in x-anyllm-degradation what a translation could not carry.
    expose_degradation: true

    # Silence on a stream after which its client gets a ping.
    ping_interval: 10s

    # How long a stopping gateway waits for exchanges in flight.
    drain_deadline: 30s

    limits:
      header_bytes: 16KiB
      body_bytes: 64MiB
      body_budget_bytes: 512MiB                  # of all bodies together
      connections: 10000
      exchanges: 2000
      kept_response_bytes: 512MiB                # for previous_response_id; 0 keeps none
      header_timeout: 10s
      client_idle_timeout: 75s

    log:
      level: info                                # trace, debug, info, warning, error
      format: text                               # or json

    """
}
