// SPDX-License-Identifier: EUPL-1.2
#include "server/router.h"

#include <algorithm>
#include <map>
#include <span>

namespace urna::server {

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;
  std::string name;  // of the parameter or rest that this node stands for
  std::vector<const Route*> routes;
};

namespace {

Error bad_template(std::string_view path, const char* why) {
  return {ErrorCode::malformed, std::string(path) + ": " + why, {}, {}};
}

bool is_parameter_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    if (end == path.size()) return segments;
    path.remove_prefix(end + 1);
  }
}

std::string joined(std::span<const std::string> segments) {
  std::string text;
  for (const std::string& segment : segments) {
    if (!text.empty()) text += '/';
    text += segment;
  }
  return text;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Status Router::add(Method method, std::string_view path, Handler handler, RouteOptions options) {
  return insert({method, std::string(path), std::move(options), std::move(handler), {}, {}});
}

Status Router::add_async(Method method, std::string_view path, AsyncHandler handler,
                         RouteOptions options) {
  return insert({method, std::string(path), std::move(options), {}, {}, std::move(handler)});
}

Status Router::add_quick(Method method, std::string_view path, Handler handler,
                         RouteOptions options) {
  return insert({method, std::string(path), std::move(options), {}, std::move(handler), {}});
}

Status Router::insert(Route route) {
  const std::string& path = route.path;
  if (path.empty() || path.front() != '/') return bad_template(path, "does not begin with a slash");
  const std::vector<std::string_view> segments = split(path);
  if (segments.size() > max_segments) return bad_template(path, "has too many segments");
  Node* node = root_.get();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string_view segment = segments[i];
    if (segment.find_first_of("{}") == std::string_view::npos) {
      std::unique_ptr<Node>& next = node->literals[std::string(segment)];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
      continue;
    }
    const bool is_rest = segment.ends_with("...}");
    const std::size_t tail = is_rest ? 4 : 1;
    if (segment.size() < tail + 2 || segment.front() != '{' || segment.back() != '}')
      return bad_template(path, "has a brace within a literal");
    const std::string_view name = segment.substr(1, segment.size() - 1 - tail);
    if (!is_parameter_name(name)) return bad_template(path, "has a parameter with a bad name");
    if (is_rest && i + 1 < segments.size()) return bad_template(path, "goes on after its rest");
    std::unique_ptr<Node>& next = is_rest ? node->rest : node->parameter;
    if (!next) {
      next = std::make_unique<Node>();
      next->name = name;
    } else if (next->name != name) {
      return Error{ErrorCode::conflict, path + ": a parameter has another name elsewhere", {}, {}};
    }
    node = next.get();
  }
  for (const Route* other : node->routes) {
    if (other->method == route.method)
      return Error{ErrorCode::conflict, path + ": there is such a route", {}, {}};
  }
  routes_.push_back(std::make_unique<Route>(std::move(route)));
  node->routes.push_back(routes_.back().get());
  return ok_status();
}

Router::Match Router::find(Method method, const std::vector<std::string>& segments) const {
  // Depth first, the preferred branch first; at most three branches a segment, and only those that
  // templates have.
  struct Search {
    std::span<const std::string> segments;
    Fields parameters = {};

    const Node* descend(const Node& node, std::size_t depth) {
      if (depth == segments.size()) return node.routes.empty() ? nullptr : &node;
      const std::string& segment = segments[depth];
      if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
        if (const Node* end = descend(*literal->second, depth + 1)) return end;
      }
      if (node.parameter && !segment.empty()) {
        parameters.emplace_back(node.parameter->name, segment);
        if (const Node* end = descend(*node.parameter, depth + 1)) return end;
        parameters.pop_back();
      }
      if (!node.rest) return nullptr;
      const auto rest = segments.subspan(depth);
      const bool has_empty =
          std::any_of(rest.begin(), rest.end(), [](const auto& part) { return part.empty(); });
      if (has_empty) return nullptr;
      parameters.emplace_back(node.rest->name, joined(rest));
      return node.rest.get();
    }
  };
  Search search{segments};
  Match match;
  const Node* const node = search.descend(*root_, 0);
  if (node == nullptr) return match;
  match.parameters = std::move(search.parameters);
  const Method wanted = method == Method::head ? Method::get : method;
  for (const Route* route : node->routes) {
    match.allowed.push_back(route->method);
    if (route->method == Method::get) match.allowed.push_back(Method::head);
    if (route->method == wanted) match.route = route;
  }
  match.allowed.push_back(Method::options);
  return match;
}

const std::vector<std::unique_ptr<Route>>& Router::routes() const { return routes_; }

}  // namespace urna::server
