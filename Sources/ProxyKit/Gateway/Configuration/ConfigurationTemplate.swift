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
      #   enabled: true                          # false: it is given nothing
      #   circuit: {failures: 5, pause: 30s}     # left alone after so many failures in a row
      #   health: {every: 60s, model: gpt-4o-mini} # asked for one token; off when left out

      # anthropic:
      #   kind: anthropic
      #   api_key: env:ANTHROPIC_API_KEY         # or auth_token, sent as a bearer token
      #   forward_client_authorization: false    # true: callers give ours as x-anyllm-key
      #   betas:                                 # where the table inside is behind the server
      #     context-1m-2025-08-07: drop          # or pass, or the name it has there

      # ollama: {}

    # Serves what no mapping matches; the first backend when left out.
    default_backend: demo

    # A client's model name to a backend and its model: backend:model, backend, or :model.
    # The first that matches decides. Quote what begins with a star.
    # Without mappings, each vendor's backend serves the vendor's own names (claude-*, gpt-*…).
    # A target may also be a route's name, shares (azure:gpt-4o*3,openai:gpt-4o*1) or
    # reject[:STATUS].
    # mappings:
    #   - "*haiku*": openai:gpt-4o-mini
    #   - claude-*: anthropic
    #   - gpt-*: openai

    # Several deployments under one name, which is a model's name to clients and a target here.
    # routes:
    #   smart:
    #     strategy: shuffle          # or ordered, round_robin, least_busy, lowest_latency,
    #                                # cheapest, usage
    #     deployments:
    #       - anthropic:claude-opus-4-6
    #       - {to: openai:gpt-4o, weight: 3, requests_per_minute: 60, tokens_per_minute: 90000,
    #          concurrent: 8}
    #     fallbacks:                 # asked in order when no deployment has answered
    #       - ollama:qwen3
    #       - {to: openai:gpt-4o-mini, on: context}  # or any, filter
    #     retries: 1                 # of one deployment, before the next is asked
    #     sticky: true               # a session stays where it was served
    #     first_token_timeout: 20s   # a stream that says nothing by then is asked for elsewhere
    #     hedge_after: 10s           # a whole reply is then asked for a second time elsewhere;
    #                                # the one that is broken off may cost something there
    #     wait: 2s                   # for the first deployment that is free again
    #     shadow: {to: ollama:qwen3, percent: 5}  # a copy that nobody gets the reply of

    # Where requests of a class go whatever model they name; the first that fits counts.
    # classes:
    #   image: openai:gpt-4o
    #   web_search: anthropic
    #   think: smart
    #   long_context: {to: anthropic:claude-opus-4-6, above: 60000}
    #   background: openai:gpt-4o-mini           # titles, topics, warm-ups, names with haiku

    # Callers' keys. Without any, everybody on this machine may call.
    # keys:
    #   - name: laptop
    #     secret: env:KEY_OF_LAPTOP              # or secret_file: PATH
    #     terms: team                            # and any member of terms, which comes first

    # What callers may do, by names that keys, open_terms and issuers refer to.
    # What is left out is not limited.
    # terms:
    #   team:
    #     owner: research
    #     tags: [lab]
    #     role: developer                        # or viewer: lists models, counts tokens
    #     models: [claude-*, gpt-4o]             # names and globs as clients write them
    #     backends: [openai]
    #     requests_per_minute: 60
    #     tokens_per_minute: 200000              # also input_tokens_…, output_tokens_per_minute
    #     concurrent_requests: 8
    #     budgets:                               # dollars per hour, day, week, month, lifetime
    #       - 20/month
    #       - {limit: 5, period: day, rolling: true, model: claude-opus-*}
    #     mappings: {claude-*: anthropic}        # before those of everybody
    #     log_bodies: false
    # open_terms: team                           # for callers without a key

    # true: serve any caller on this machine as long as keys is empty.
    # open_relay: false

    # Whose tokens (OpenID Connect) open the gate, and what their bearers may do.
    # issuers:
    #   - issuer: https://accounts.example.com   # as it stands in iss
    #     audience: anyllm                       # or any_audience: true
    #     jwks_url: https://a.example.com/jwks   # found by discovery when left out
    #     algorithms: [RS256, ES256, EdDSA]      # all that are known when left out
    #     leeway: 60s
    #     name_claim: email                      # what the log shows; sub when left out
    #     groups_claim: groups                   # or a way: realm_access.roles
    #     groups: {engineering: team}            # the first that a token has
    #     terms: team                            # without one of them; refused when left out
    #     required_claims: {hd: example.com}
    #     allow_private: false                   # also allow_loopback, ca_file

    # From where one may call, and whose X-Forwarded-For is believed: a number of proxies, their
    # addresses, or both: {depth: 2, addresses: [10.0.0.0/8]}.
    # network:
    #   allow: [10.0.0.0/8, 2001:db8::/32, 203.0.113.7]
    #   trusted_proxies: [10.0.0.2]

    # Gives replies again to who asks exactly the same. A request steers it by a member `cache`
    # as with LiteLLM (no-cache, no-store, ttl, s-maxage, namespace) or by x-anyllm-cache.
    # cache:
    #   ttl: 5m
    #   longest_ttl: 24h                         # what a request may ask for
    #   bytes: 64MiB                             # of all replies; entry_bytes of one
    #   scope: caller                            # or owner (of terms), or everyone
    #   sampled: false                           # true: also without temperature 0

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
