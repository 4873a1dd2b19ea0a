package import Dialects

/// What the operator says that models cost, where the catalogue is wrong or knows nothing.
package struct PriceRule: Sendable, Equatable {
  package var pattern: ModelPattern
  /// Only at this backend.
  package var backend: String?
  package var prices: ModelPrices

  package init(pattern: ModelPattern, backend: String? = nil, prices: ModelPrices) {
    self.pattern = pattern
    self.backend = backend
    self.prices = prices
  }
}
