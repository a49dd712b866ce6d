# SPDX-License-Identifier: EUPL-1.2
# A room is a folder with one idea, a layer, and the rooms below that it may use.
#
#   urna_room(NAME LAYER n [USES room…] [LINK library…] [EXECUTABLE program])
#
# makes the library urna_NAME (or the program) of all sources of the folder. Its includes are checked
# against USES before anything is compiled, so an upward or undeclared include fails the build.
function(urna_room name)
  cmake_parse_arguments(ROOM "" "LAYER;EXECUTABLE" "USES;LINK" ${ARGN})

  foreach(used IN LISTS ROOM_USES)
    get_property(used_layer GLOBAL PROPERTY urna_layer_${used})
    if("${used_layer}" STREQUAL "")
      message(FATAL_ERROR "room ${name} uses ${used}, which is not declared before it")
    endif()
    if(NOT used_layer LESS ROOM_LAYER)
      message(FATAL_ERROR "room ${name} (layer ${ROOM_LAYER}) may not use ${used} (layer ${used_layer}): "
                          "a room uses only rooms below it")
    endif()
  endforeach()
  set_property(GLOBAL PROPERTY urna_layer_${name} ${ROOM_LAYER})
  set_property(GLOBAL APPEND PROPERTY urna_rooms ${name})

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.cc)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.h)

  set(stamp ${CMAKE_BINARY_DIR}/layers/${name}.stamp)
  string(REPLACE ";" "," allowed "${name};${ROOM_USES}")
  add_custom_command(
    OUTPUT ${stamp}
    COMMAND ${CMAKE_COMMAND} -DROOM=${name} -DALLOWED=${allowed} -DROOT=${CMAKE_SOURCE_DIR}
            -DSTAMP=${stamp} -P ${CMAKE_SOURCE_DIR}/cmake/CheckIncludes.cmake
    DEPENDS ${sources} ${headers} ${CMAKE_SOURCE_DIR}/cmake/CheckIncludes.cmake
    COMMENT "Checking the includes of room ${name}"
    VERBATIM)
  add_custom_target(urna_layers_${name} DEPENDS ${stamp})

  set(target urna_${name})
  if(ROOM_EXECUTABLE)
    set(target ${ROOM_EXECUTABLE})
    add_executable(${target} ${sources} ${headers})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  else()
    add_library(${target} STATIC ${sources} ${headers})
  endif()
  add_dependencies(${target} urna_layers_${name})

  # Whether it sees Boost.JSON, by itself or by a room below.
  set(json FALSE)
  if("Boost::json" IN_LIST ROOM_LINK)
    set(json TRUE)
  endif()
  foreach(used IN LISTS ROOM_USES)
    get_property(used_json GLOBAL PROPERTY urna_json_${used})
    if(used_json)
      set(json TRUE)
    endif()
  endforeach()
  set_property(GLOBAL PROPERTY urna_json_${name} ${json})

  if(name IN_LIST URNA_WIRING)
    target_compile_options(${target} PRIVATE ${URNA_WIRING_OPTIONS})
    set(prelude urna_wiring_prelude)
    # Its headers look at definitions that come with Boost.JSON: elsewhere it would be refused.
    if(NOT json)
      set(prelude "")
    endif()
  else()
    set(prelude urna_room_prelude)
  endif()
  if(URNA_SANITIZE AND name IN_LIST URNA_SEPARATE)
    # Arithmetic that is not optimised at all would make its tests the longest ones.
    target_compile_options(${target} PRIVATE -O1)
    set(prelude "")
  endif()
  if(prelude AND NOT ROOM_EXECUTABLE)
    urna_use_prelude(${target} ${prelude})
  endif()
  if(NOT name IN_LIST URNA_SEPARATE)
    urna_compile_together(${target})
  endif()
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  foreach(used IN LISTS ROOM_USES)
    target_link_libraries(${target} PUBLIC urna_${used})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ROOM_LINK})
endfunction()
