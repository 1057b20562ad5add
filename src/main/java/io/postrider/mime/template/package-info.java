/**
 * Fills in the templates that a request brings along, within bounds of steps, time and size. Called by the HTTP door; calls
 * only Pebble and Handlebars.java, which are nowhere else.
 */
@NullMarked
package io.postrider.mime.template;

import org.jspecify.annotations.NullMarked;
