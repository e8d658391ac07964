package dev.rehearsal.environment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** A test that needs a container engine and the images; skipped, with the reason, where one of them is missing. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InContainers.Condition.class)
public @interface InContainers {
    /** PostgreSQL's major versions whose images it needs. */
    String[] value() default {"15", "18"};

    /** Whether it needs PgBouncer's, too. */
    boolean pooler() default false;

    /** Looks before the test does. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            ContainerEngine engine = ContainerEngine.find();
            Optional<EngineReport.Refusal> refusal = engine.report().refusal();
            if (refusal.isPresent()) {
                return ConditionEvaluationResult.disabled(refusal.get().reason());
            }
            ContainerImages images = new ContainerImages(engine);
            InContainers needs = needs(context);
            List<ContainerImages.Wanted> all = new ArrayList<>();
            for (String version : needs.value()) {
                all.add(ContainerImages.server(version));
            }
            all.add(ContainerImages.proxy());
            if (needs.pooler()) {
                all.add(ContainerImages.pooler());
            }
            for (ContainerImages.Wanted wanted : all) {
                if (images.present(wanted).isEmpty()) {
                    return ConditionEvaluationResult.disabled(
                            "no image " + wanted.names() + "; build it with harness/docker/build-images");
                }
            }
            return ConditionEvaluationResult.enabled("an engine and the images are there");
        }

        private static InContainers needs(ExtensionContext context) {
            return AnnotationSupport.findAnnotation(context.getElement(), InContainers.class)
                    .or(() -> AnnotationSupport.findAnnotation(context.getTestClass(), InContainers.class))
                    .orElseThrow();
        }
    }
}
