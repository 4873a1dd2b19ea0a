// swift-tools-version: 6.2
import PackageDescription

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

func room(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/ProxyKit/\(name)",
    resources: resources, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [],
  exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
    resources: resources, swiftSettings: strict)
}

let package = Package(
  name: "anyllm",
  products: [
    .library(
      name: "ProxyKit",
      targets: ["Dialects", "Transport", "Storage", "ControlPlane", "Gateway"]),
    .executable(name: "anyllm-tui", targets: ["anyllm-tui"]),
    .executable(name: "anyllmctl", targets: ["anyllmctl"]),
  ],
  targets: [
    library("CCurl"),
    library("CUv"),
    library("CSQLite"),
    library("CCrypto"),
    library("CYAML"),
    library("CZlib"),
    library("CNcurses"),

    // The tables inside are embedded: the assembler looks for them along the header search path.
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

    .executableTarget(
      name: "anyllm-tui", dependencies: ["ControlPlane", "Gateway", "CNcurses"],
      swiftSettings: strict),
    .executableTarget(
      name: "anyllmctl", dependencies: ["ControlPlane"], swiftSettings: strict),

    .executableTarget(
      name: "codec-bench", dependencies: ["Dialects"], path: "Benchmarks/codec-bench",
      swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),

    .target(
      name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("DialectsTests", ["Dialects", "TestSupport"], exclude: ["Fixtures"]),
    tests("TransportTests", ["Transport", "CCrypto", "TestSupport"]),
    .executableTarget(
      name: "storage-crash-probe", dependencies: ["Storage"],
      path: "Tests/storage-crash-probe", swiftSettings: strict),
    tests("StorageTests", ["Storage", "TestSupport", "storage-crash-probe"]),
    tests("ControlPlaneTests", ["ControlPlane", "TestSupport"]),
    tests(
      "GatewayTests",
      ["Gateway", "Dialects", "Transport", "Storage", "ControlPlane", "TestSupport"]),
    tests("DashboardTests", ["anyllm-tui", "ControlPlane", "TestSupport"]),
    tests("CommandLineTests", ["anyllmctl", "ControlPlane", "TestSupport"]),
    tests("EndToEndTests", ["Gateway", "ControlPlane", "Transport", "TestSupport"]),
  ]
)
