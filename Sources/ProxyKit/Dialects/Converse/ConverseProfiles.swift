/// The list of models as Bedrock's control plane has it: `GET /inference-profiles`.
package enum ConverseProfiles {
  package static func list(
    _ models: [String], region: String = "us-east-1", account: String = "000000000000"
  ) -> [UInt8] {
    var writer = JSONWriter(reserving: 64 + models.count * 320)
    writer.object { writer in
      writer.name("inferenceProfileSummaries")
      writer.array { writer in
        for model in models { write(model, region, account, into: &writer) }
      }
    }
    return writer.bytes
  }

  private static func write(
    _ model: String, _ region: String, _ account: String, into writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("inferenceProfileName", model)
      writer.member("inferenceProfileId", model)
      writer.member(
        "inferenceProfileArn", "arn:aws:bedrock:\(region):\(account):inference-profile/\(model)")
      writer.name("models")
      writer.array { writer in
        writer.object { writer in
          writer.member("modelArn", "arn:aws:bedrock:\(region)::foundation-model/\(model)")
        }
      }
      writer.member("status", word: "ACTIVE")
      writer.member("type", word: "SYSTEM_DEFINED")
    }
  }
}
