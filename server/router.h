// SPDX-License-Identifier: EUPL-1.2
// Which handler answers which method and path, and within which limits.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http.h"

namespace urna::server {

// Answers on a worker thread; may block.
using Handler = std::function<Reply(const Request&)>;
// Answers at once or later through the responder; called on a thread of the network, so it must
// not block.
using AsyncHandler = std::function<void(Request, Responder)>;

struct RouteOptions {
  std::size_t body_bytes_max = 0;               // 0: a body is refused
  std::vector<std::string> content_types = {};  // that a body may have, without parameters; any if
                                                // empty
  std::string rate_class = {};  // the name of a limit of the server's configuration; none if empty
  bool answers_when_full = false;  // not refused while the server is full: health and metrics
  // Whose pages may use it from a browser (CORS): of every site, for what is public; or of the
  // sites that http.allowed_origins lists.
  bool for_any_site = false;
  bool for_listed_sites = false;
};

struct Route {
  Method method = Method::get;
  std::string path;  // the template
  RouteOptions options;
  std::function<Reply(const Request&)> blocking;  // exactly one of the three is set
  std::function<Reply(const Request&)> quick;
  AsyncHandler async;
};

// A set of routes. A template is "/" followed by segments, each a literal, a parameter "{name}"
// that stands for one segment that is not empty, or, as the last one, "{name...}" for all the
// rest, at least one segment, joined by "/". Literals are preferred to parameters, parameters to
// rests.
//
// HEAD is answered by the route of GET, and OPTIONS with the methods that a path has.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Error: malformed, if it is no template; conflict, if there is such a route, or its parameters
  // have other names than those of another route at that place.
  Status add(Method method, std::string_view path, Handler handler, RouteOptions options = {});
  Status add_async(Method method, std::string_view path, AsyncHandler handler,
                   RouteOptions options = {});
  // For handlers that take microseconds and never block: called on the thread of the network.
  Status add_quick(Method method, std::string_view path, Handler handler,
                   RouteOptions options = {});

  struct Match {
    const Route* route = nullptr;      // none: no such path, or not this method
    std::vector<Method> allowed = {};  // methods of the path; empty: there is no such path
    Fields parameters = {};
  };
  // The route for decoded segments; see parse_target(). Lives as long as the router.
  [[nodiscard]] Match find(Method method, const std::vector<std::string>& segments) const;

  // All routes, in the order in which they were added.
  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const;

 private:
  struct Node;
  Status insert(Route route);

  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace urna::server
