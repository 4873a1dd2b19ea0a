// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nothing here is part of an ordinary build: libFuzzer brings its own
// `main`. `Sources` is a link to the rooms, which are compiled anew with coverage inside them.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func library(_ name: String) -> Target {
  .systemLibrary(name: name, path: "Sources/CLibraries/\(name)")
}

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/ProxyKit/\(name)",
    swiftSettings: strict)
}

func fuzzers(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + ["FuzzSupport"], path: "Targets/\(name)",
    swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
  name: "anyllm-fuzzing",
  targets: [
    library("CCurl"),
    library("CUv"),
    library("CSQLite"),
    library("CCrypto"),
    library("CYAML"),
    library("CZlib"),
    .target(
      name: "CVocabulary", path: "Sources/CLibraries/CVocabulary",
      exclude: [
        "o200k.bin", "models.tsv", "betas.tsv", "LICENSE.tiktoken", "LICENSE.litellm",
      ],
      cSettings: [.headerSearchPath(".")]),

    room("Dialects", ["CVocabulary"]),
    room("Transport", ["CCurl", "CUv", "CCrypto", "CZlib"]),
    room("Storage", ["CSQLite"]),
    room("ControlPlane", ["CCurl"]),
    room("Gateway", ["Dialects", "Transport", "Storage", "ControlPlane", "CYAML"]),

    .target(name: "FuzzSupport", path: "Targets/FuzzSupport", swiftSettings: strict),
    fuzzers("fuzz-dialects", ["Dialects"]),
    fuzzers("fuzz-transport", ["Transport"]),
    fuzzers("fuzz-gateway", ["Gateway"]),
  ]
)
