internal import ControlPlane

/// Writes down why a request goes where it goes, for those who ask.
///
/// Nobody pays for it on the way of a request, where there is none.
final class RouteTrace {
  private(set) var steps: [RouteStep] = []

  func note(_ verdict: RouteStep.Verdict, _ subject: String, _ reason: String) {
    steps.append(RouteStep(verdict: verdict, subject: subject, reason: reason))
  }
}
