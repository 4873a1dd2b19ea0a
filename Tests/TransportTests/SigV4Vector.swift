/// A request with the signature that botocore gives it at ``moment``.
struct SigV4Vector: Sendable, CustomStringConvertible {
  var method: String
  var url: String
  var service: String
  var fields: [(String, String)]
  var body: String
  var token: String?
  var signature: String

  init(
    _ method: String, _ url: String, _ service: String, fields: [(String, String)],
    body: String, token: String?, signature: String
  ) {
    (self.method, self.url, self.service) = (method, url, service)
    (self.fields, self.body, self.token, self.signature) = (fields, body, token, signature)
  }

  var description: String { "\(method) \(url)" }

  static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
  /// 28 February 2025, 23:59:58.
  static let moment: Int64 = 1_740_787_198

  static let all = [
    SigV4Vector(
      "GET", "https://example.amazonaws.com", "service",
      fields: [], body: #""#, token: nil,
      signature: "b5d2c439853e61e83041b1e8ac2756dba0f0f44ad13aab9a0871461fd18b39fe"),
    SigV4Vector(
      "GET", "https://example.amazonaws.com/?b=2&a=1&a=0&c=&B=3", "service",
      fields: [], body: #""#, token: nil,
      signature: "f760ea6f105b753c0820b7bd76ad7314809f4e0583b86f9efc2c4f373eaec8ce"),
    SigV4Vector(
      "GET", "https://example.amazonaws.com/?x=a%20b%2Fc&name=%E6%9D%B1", "service",
      fields: [], body: #""#, token: nil,
      signature: "41789158ae1e819a4e91bf21ca660080e477e64abc0d88b995be1b46021d4e5d"),
    SigV4Vector(
      "GET", "https://example.amazonaws.com/a/./b/../c//d/", "service",
      fields: [], body: #""#, token: nil,
      signature: "ed3df4a90f5266ce0c32a54ca0bb8ab3af97fb84131caa56d2778111e99991c9"),
    SigV4Vector(
      "POST",
      "https://bedrock-runtime.us-east-1.amazonaws.com"
        + "/model/anthropic.claude-3-5-sonnet-20241022-v2%3A0/invoke", "bedrock",
      fields: [("content-type", "application/json")], body: #"{"a":1}"#, token: nil,
      signature: "32ee3ccca54e1f020081d931cd438c0ed0a706419824a49abb995877b254f792"),
    SigV4Vector(
      "POST",
      "https://bedrock-runtime.us-east-1.amazonaws.com"
        + "/model/anthropic.claude-3-5-sonnet-20241022-v2:0/invoke-with-response-"
        + "stream", "bedrock",
      fields: [("content-type", "application/json")], body: #"{"a":1}"#,
      token: "TOKEN//with==signs",
      signature: "39583301b73d8efec52000ac9acbf8257ac822409609fa2d948850edcf951a41"),
    SigV4Vector(
      "POST",
      "https://bedrock-runtime.eu-west-1.amazonaws.com"
        + "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-prof"
        + "ile%2Fus.model-v1%3A0/converse", "bedrock",
      fields: [
        ("content-type", "application/json"), ("x-amz-target", "  spaced   out  "),
      ], body: #"{"t":"東京"}"#, token: nil,
      signature: "647ab19fd8964771c393048271815dbd742ef7d08564ee011c773e9e688173c3"),
    SigV4Vector(
      "GET",
      "http://localhost:4000/inference-profiles"
        + "?type=SYSTEM_DEFINED&maxResults=10", "bedrock",
      fields: [], body: #""#, token: nil,
      signature: "a8732324620663d3f20d5f5c1a9d9aa89e2fad23dff62ad6ff73315b53b364ec"),
    SigV4Vector(
      "GET", "https://examplebucket.s3.amazonaws.com/a%3Ab", "s3",
      fields: [
        ("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
      ], body: #""#, token: nil,
      signature: "87da139dceb2675cb891929e71d0bae3496dfe0a9b2b7c5e053887361b0b61ee"),
    SigV4Vector(
      "POST", "https://sts.amazonaws.com/", "sts",
      fields: [("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
      body: #"Action=GetCallerIdentity&Version=2011-06-15"#, token: nil,
      signature: "76942cf9542d9e8525c40dee367f0596efd93e0a45f8f094079b55ae552e7832"),
  ]
}
